import { plainNameSchema } from '../name-schemas'
import { z } from '../schema-library'

/** Where something is on the canvas: its top left corner, in pixels at zoom 1, from the canvas's origin. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly width?: number
  readonly height?: number
  /** Whether it stays where it is when dragged. */
  readonly locked?: boolean
  /** For racks and namespaces: whether they are drawn as a badge that counts what they hold. */
  readonly collapsed?: boolean
}

/** Text on the canvas. */
export interface Note extends Placement {
  readonly name: string
  readonly text: string
}

/** Forms that a shape can have. */
export const SHAPE_FORMS = ['rectangle', 'ellipse', 'arrow'] as const

/** Colours that shapes can have; themes say what they look like. */
export const SHAPE_COLOURS = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const

/** A form drawn behind everything: an area, an emphasis. */
export interface Shape extends Placement {
  readonly name: string
  readonly form: (typeof SHAPE_FORMS)[number]
  readonly colour: (typeof SHAPE_COLOURS)[number]
  readonly text?: string
}

/** Things that are moved together, and can be drawn as one badge. */
export interface Group {
  readonly name: string
  /** Switches, nodes and external hosts, written `node/node-1`. */
  readonly members: readonly string[]
  readonly collapsed: boolean
}

/** Where a link is led around something. */
export interface LinkBend {
  readonly ends: readonly [string, string]
  /** Which of the links between the two, counted from 0. */
  readonly number: number
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

/** Kinds of things that have a place on the canvas, by the key of the view that holds their places. */
export const PLACED_KINDS = ['racks', 'switches', 'nodes', 'workloads', 'external', 'namespaces', 'objects'] as const

/** A key of the view that holds places. */
export type PlacedKind = (typeof PLACED_KINDS)[number]

/**
 * How the lab is drawn: nothing that a run depends on, and no part of the lab's hash. Places are by name; workloads are
 * written `namespace/name`, objects of manifests `Service namespace/name`. What has no place yet is laid out by the
 * canvas.
 */
export interface View extends Readonly<Record<PlacedKind, Readonly<Record<string, Placement>>>> {
  readonly notes: readonly Note[]
  readonly shapes: readonly Shape[]
  readonly groups: readonly Group[]
  readonly bends: readonly LinkBend[]
}

const coordinate = z.number().min(-1_000_000).max(1_000_000)
const extent = z.number().min(1).max(1_000_000)

const placementFields = {
  x: coordinate,
  y: coordinate,
  width: extent.optional(),
  height: extent.optional(),
  locked: z.boolean().optional(),
  collapsed: z.boolean().optional(),
}

const groupMemberSchema = z.string().regex(/^(switch|node|external)\/[^\s/]+$/u)

const placementsSchema = z.record(z.string(), z.strictObject(placementFields)).default({})

/** The schema of the view; nothing is placed by default. */
export const viewSchema = z.strictObject({
  racks: placementsSchema,
  switches: placementsSchema,
  nodes: placementsSchema,
  workloads: placementsSchema,
  external: placementsSchema,
  namespaces: placementsSchema,
  objects: placementsSchema,
  notes: z
    .array(z.strictObject({ name: plainNameSchema, text: z.string().max(10_000), ...placementFields }))
    .default([]),
  shapes: z
    .array(
      z.strictObject({
        name: plainNameSchema,
        form: z.enum(SHAPE_FORMS).default('rectangle'),
        colour: z.enum(SHAPE_COLOURS).default('grey'),
        text: z.string().max(1000).optional(),
        ...placementFields,
      }),
    )
    .default([]),
  groups: z
    .array(z.strictObject({ name: plainNameSchema, members: z.array(groupMemberSchema), collapsed: z.boolean().default(false) }))
    .default([]),
  bends: z
    .array(
      z.strictObject({
        ends: z.tuple([z.string().min(1), z.string().min(1)]),
        number: z.int().min(0).max(1000).default(0),
        points: z.array(z.strictObject({ x: coordinate, y: coordinate })).max(50),
      }),
    )
    .default([]),
})
