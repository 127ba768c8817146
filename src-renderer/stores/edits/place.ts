import type { LabChange, LabOperation } from '#shared/lab/index'

import type { ObjectId, Outline } from '../outline'
import type { PlaceableKind } from '../placeable'
import { freeName } from './names'
import { append, set } from './operations'

/** What putting a new thing on the canvas comes to. */
export interface Placing {
  readonly change: LabChange
  /** The id that the new thing will have. */
  readonly id: ObjectId
}

/** Where a new thing is put. */
export interface Spot {
  readonly x: number
  readonly y: number
  /** The rack or node that it is put into. */
  readonly into?: ObjectId | undefined
}

const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)

/** Puts a new thing on the canvas, with a name of its own and everything else as the lab's defaults have it. */
export function placeObject(outline: Outline, kind: PlaceableKind, { x, y, into }: Spot): Placing {
  const place = { x: Math.round(x), y: Math.round(y) }
  const target = into === undefined ? undefined : outline.byId.get(into)
  const inRack = target?.kind === 'rack' ? { rack: target.name } : {}
  switch (kind) {
    case 'rack': {
      const name = freeName('rack', names(outline.racks))
      return placing('rack', name, append(outline, ['spec', 'fabric', 'racks'], { name }), set(['spec', 'view', 'racks', name], place))
    }
    case 'tor':
    case 'spine': {
      const name = freeName(kind, names(outline.switches))
      const added = { name, role: kind, ...(kind === 'tor' ? inRack : {}) }
      return placing('switch', name, append(outline, ['spec', 'fabric', 'switches'], added), set(['spec', 'view', 'switches', name], place))
    }
    case 'node': {
      const name = freeName('node', names(outline.nodes))
      return placing('node', name, append(outline, ['spec', 'nodes'], { name, ...inRack }), set(['spec', 'view', 'nodes', name], place))
    }
    case 'workload': {
      const name = freeName('app', names(outline.workloads))
      const nodes = target?.kind === 'node' ? { nodes: [target.name] } : {}
      const added = { name, namespace: 'default', replicas: 1, ...nodes }
      const seen = target?.kind === 'node' ? [] : [set(['spec', 'view', 'workloads', `default/${name}`], place)]
      return placing('workload', `default/${name}`, append(outline, ['spec', 'cluster', 'workloads'], added), ...seen)
    }
    case 'external': {
      const name = freeName('host', names(outline.external))
      const attach = attachPoint(outline)
      const added = { name, address: freeExternalAddress(outline.external.map(({ address: used }) => used)), ...(attach === undefined ? {} : { attach }) }
      return placing('external', name, append(outline, ['spec', 'external'], added), set(['spec', 'view', 'external', name], place))
    }
    case 'note': {
      const name = freeName('note', names(outline.notes))
      return placing('note', name, append(outline, ['spec', 'view', 'notes'], { name, text: '', ...place }))
    }
  }
}

function placing(kind: 'rack' | 'switch' | 'node' | 'workload' | 'external' | 'note', name: string, ...operations: LabOperation[]): Placing {
  const shown = name.slice(name.lastIndexOf('/') + 1)
  return { change: { label: `Add ${shown}`, operations }, id: `${kind}:${name}` }
}

/** Traffic from outside enters at a spine where there is one. */
function attachPoint({ switches }: Outline): string | undefined {
  return (switches.find(({ role }) => role === 'spine') ?? switches[0])?.name
}

/** The first address of TEST-NET-3 (RFC 5737), from .10 on, that is not taken. */
export function freeExternalAddress(taken: Iterable<string>): string {
  const used = new Set(taken)
  const candidates = Array.from({ length: 245 }, (_, index) => `203.0.113.${index + 10}`)
  return candidates.find((address) => !used.has(address)) ?? candidates[0]!
}
