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
}

/** Text on the canvas. */
export interface Note extends Placement {
  readonly name: string
  readonly text: string
}

/** Kinds of things that have a place on the canvas, by the key of the view that holds their places. */
export const PLACED_KINDS = ['racks', 'switches', 'nodes', 'workloads', 'external'] as const

/** A key of the view that holds places. */
export type PlacedKind = (typeof PLACED_KINDS)[number]

/**
 * How the lab is drawn: nothing that a run depends on, and no part of the lab's hash. Places are by name; workloads are
 * written `namespace/name`. What has no place yet is laid out by the canvas.
 */
export interface View extends Readonly<Record<PlacedKind, Readonly<Record<string, Placement>>>> {
  readonly notes: readonly Note[]
}

const coordinate = z.number().min(-1_000_000).max(1_000_000)
const extent = z.number().min(1).max(1_000_000)

const placementFields = {
  x: coordinate,
  y: coordinate,
  width: extent.optional(),
  height: extent.optional(),
  locked: z.boolean().optional(),
}

const placementsSchema = z.record(z.string(), z.strictObject(placementFields)).default({})

/** The schema of the view; nothing is placed by default. */
export const viewSchema = z.strictObject({
  racks: placementsSchema,
  switches: placementsSchema,
  nodes: placementsSchema,
  workloads: placementsSchema,
  external: placementsSchema,
  notes: z
    .array(z.strictObject({ name: plainNameSchema, text: z.string().max(10_000), ...placementFields }))
    .default([]),
})
