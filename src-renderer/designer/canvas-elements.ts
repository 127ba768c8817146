import type { LinkOutline, ObjectId, ShapeOutline } from '#renderer/stores/outline'

import type { Box } from './geometry'

/** The worst problem of a thing. */
export type Severity = 'error' | 'warning'

/** What all items have. */
export interface ItemBase {
  readonly id: ObjectId
  readonly name: string
  /** In pixels of the canvas, not of the rack it may stand in. */
  readonly box: Box
  /** The rack, namespace or group that it is drawn in and moves with. */
  readonly rack: ObjectId | undefined
  /** What a screen reader says: "Node node-1, rack a, 2 pods, 1 link". */
  readonly label: string
  /** A few words under the name. */
  readonly detail: string
  readonly severity: Severity | undefined
  /** What breaks it during the run, in words; empty where nothing does. */
  readonly faults: string
  /** Whether dragging leaves it where it is. */
  readonly locked: boolean
}

/** The pods of one workload on a node's card. */
export interface PodChip {
  readonly id: ObjectId
  readonly text: string
  readonly label: string
  readonly severity: Severity | undefined
  /** What breaks them during the run, in words; empty where nothing does. */
  readonly faults: string
}

/** A card or container on the canvas. */
export type CanvasItem =
  | (ItemBase & { readonly kind: 'rack' | 'namespace' | 'group'; readonly collapsed: boolean })
  | (ItemBase & { readonly kind: 'switch'; readonly spine: boolean })
  | (ItemBase & { readonly kind: 'node'; readonly pods: readonly PodChip[]; readonly hiddenPods: number })
  | (ItemBase & { readonly kind: 'external' })
  | (ItemBase & { readonly kind: 'service' })
  | (ItemBase & { readonly kind: 'workload'; readonly homeless: boolean })
  | (ItemBase & { readonly kind: 'policy'; readonly dialect: string })
  | (ItemBase & { readonly kind: 'shape'; readonly form: ShapeOutline['form']; readonly colour: ShapeOutline['colour']; readonly text: string })
  | (ItemBase & { readonly kind: 'note'; readonly text: string })

/** How busy a link was in a run. */
export interface LinkLoad {
  /** Share of the measured time that its busier direction was busy, 0 … 1: of the variant that used it most. */
  readonly share: number
  /** For people: `98.2 %`, and what was lost there. */
  readonly text: string
}

/** A line on the canvas. */
export interface CanvasLink {
  readonly id: ObjectId
  /** All links that the line stands for: several where they are drawn as one. */
  readonly bundle: readonly ObjectId[]
  readonly ends: readonly [ObjectId, ObjectId]
  /** Its rate, short: `25G`; how many, where it stands for several: `4 × 25G`. */
  readonly rate: string
  /** Everything about it in a few words: `25G · 1us · MTU 9000`. */
  readonly full: string
  /** What the ports at its ends are called. */
  readonly ports: readonly [string, string]
  readonly bends: LinkOutline['bends']
  /** What breaks it during the run, in words; empty where nothing does. */
  readonly faults: string
  /** How busy it was in the run that is shown; absent where none is. */
  readonly load?: LinkLoad
  readonly label: string
  readonly severity: Severity | undefined
}

/** What relates two things that no link joins. */
export interface CanvasRelation {
  readonly id: string
  /** `allow` and `deny`: connections that policies allow or deny, in the direction of the ends. */
  readonly kind: 'service' | 'policy' | 'bgp' | 'allow' | 'deny'
  readonly ends: readonly [ObjectId, ObjectId]
}

/** All that the canvas shows. */
export interface CanvasModel {
  readonly items: readonly CanvasItem[]
  readonly links: readonly CanvasLink[]
  readonly relations: readonly CanvasRelation[]
}
