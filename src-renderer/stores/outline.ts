import type { DocumentPath, ElementRef, LinkBend, PlacedKind, Placement, Shape } from '#shared/lab/index'

import type { Given } from './given'

/** Kinds of things that can be selected. */
export type ObjectKind =
  | 'rack' | 'switch' | 'node' | 'namespace' | 'workload' | 'service' | 'policy' | 'external' | 'note' | 'shape' | 'group'
  | 'link' | 'uplink' | 'attachment' | 'variant' | 'traffic' | 'fault'

/** Names one thing of the open lab while it is open: `node:node-1`. Made by `readOutline` only. */
export type ObjectId = `${ObjectKind}:${string}`

/** What all things of an outline have. */
export interface OutlineObject {
  readonly id: ObjectId
  readonly kind: ObjectKind
  readonly name: string
  /** How edits of the document refer to it. What attaches an external host is a field of the host. */
  readonly element: ElementRef
  /** Where it is in the document. */
  readonly path: DocumentPath
  /** Its record as the file gives it: without defaults, possibly wrong. */
  readonly given: Given
}

/** What a form edits: a thing, or the lab as a whole. */
export type FieldOwner = Pick<OutlineObject, 'name' | 'path' | 'given'> & { readonly kind: ObjectKind | 'lab' }

/** A rack. */
export interface RackOutline extends OutlineObject {
  readonly kind: 'rack'
}

/** A switch. */
export interface SwitchOutline extends OutlineObject {
  readonly kind: 'switch'
  readonly role: string
  readonly rack: string | undefined
  readonly asn: number | undefined
}

/** A node; cores and rate as its defaults have them where the file says nothing. */
export interface NodeOutline extends OutlineObject {
  readonly kind: 'node'
  readonly rack: string | undefined
  readonly cores: number
  readonly rate: string
  readonly tainted: boolean
}

/** A group of equal pods. */
export interface WorkloadOutline extends OutlineObject {
  readonly kind: 'workload'
  readonly namespace: string
  readonly replicas: number
  /** Nodes it is kept to; empty: any without a taint. */
  readonly nodes: readonly string[]
}

/** A namespace: one of the list, or one that workloads and objects name without it being listed. */
export interface NamespaceOutline extends OutlineObject {
  readonly kind: 'namespace'
  readonly isListed: boolean
}

/** A Service of the manifests. */
export interface ServiceOutline extends OutlineObject {
  readonly kind: 'service'
  readonly namespace: string
  /** `80 → 8080`, of its first ports. */
  readonly ports: string
  /** The workloads whose pods it selects. */
  readonly selects: readonly ObjectId[]
}

/** A policy of the manifests, of whatever dialect. */
export interface PolicyOutline extends OutlineObject {
  readonly kind: 'policy'
  /** The kind of its object: `NetworkPolicy`, `CiliumNetworkPolicy`, … */
  readonly dialect: string
  /** Undefined for policies of the whole cluster. */
  readonly namespace: string | undefined
  /** The workloads it is about; undefined where its selector is of a form that only the plugin reads. */
  readonly selects: readonly ObjectId[] | undefined
}

/** A form drawn behind everything. */
export interface ShapeOutline extends OutlineObject {
  readonly kind: 'shape'
  readonly form: Shape['form']
  readonly colour: Shape['colour']
  readonly text: string
  readonly placement: Placement
}

/** Things that are moved together. */
export interface GroupOutline extends OutlineObject {
  readonly kind: 'group'
  readonly members: readonly ObjectId[]
  readonly collapsed: boolean
}

/** A host outside the cluster. */
export interface ExternalOutline extends OutlineObject {
  readonly kind: 'external'
  readonly address: string
  readonly attach: string | undefined
}

/** Text on the canvas. */
export interface NoteOutline extends OutlineObject {
  readonly kind: 'note'
  readonly text: string
  readonly placement: Placement
}

/** A line between two things: a link between switches, a node's uplink, or what attaches an external host. */
export interface LinkOutline extends OutlineObject {
  readonly kind: 'link' | 'uplink' | 'attachment'
  readonly ends: readonly [ObjectId, ObjectId]
  readonly endNames: readonly [string, string]
  readonly rate: string
  /** Points that the line is led through; none: it runs straight from card to card. */
  readonly bends: LinkBend['points']
  /** Which of the links between its two ends, counted from 0. */
  readonly number: number
}

/** A network plugin with its settings. */
export interface VariantOutline extends OutlineObject {
  readonly kind: 'variant'
  readonly cni: string
  /** Its place in the list, which decides its colour. */
  readonly index: number
}

/** An entry of the traffic list. */
export interface TrafficOutline extends OutlineObject {
  readonly kind: 'traffic'
  readonly trafficKind: string
}

/** Something that breaks. */
export interface FaultOutline extends OutlineObject {
  readonly kind: 'fault'
  readonly faultKind: string
  /** What it hits, as far as the lab has it: links, nodes, the workload of a pod, services, policies. */
  readonly hits: readonly ObjectId[]
}

/**
 * What the window draws: the things of a lab as far as its file can be read, so that a lab with errors can be seen and
 * put right. Never used for runs.
 */
export interface Outline {
  /** The lab as a whole, for its own fields. */
  readonly lab: FieldOwner
  readonly name: string
  readonly description: string
  readonly racks: readonly RackOutline[]
  readonly switches: readonly SwitchOutline[]
  readonly nodes: readonly NodeOutline[]
  readonly workloads: readonly WorkloadOutline[]
  readonly namespaces: readonly NamespaceOutline[]
  readonly services: readonly ServiceOutline[]
  readonly policies: readonly PolicyOutline[]
  readonly external: readonly ExternalOutline[]
  readonly notes: readonly NoteOutline[]
  readonly shapes: readonly ShapeOutline[]
  readonly groups: readonly GroupOutline[]
  readonly links: readonly LinkOutline[]
  readonly variants: readonly VariantOutline[]
  readonly traffic: readonly TrafficOutline[]
  readonly faults: readonly FaultOutline[]
  readonly places: Readonly<Record<PlacedKind, ReadonlyMap<string, Placement>>>
  readonly byId: ReadonlyMap<ObjectId, OutlineObject>
}
