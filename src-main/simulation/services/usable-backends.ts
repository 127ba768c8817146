import type { Pod } from '../kubernetes/pods'
import type { Backend, ServicePort } from './service'

/** Where a connection gets its backend, and which policy holds there. */
export interface Vantage {
  /** Index of the node whose proxy or program chooses. */
  readonly node: number
  /** Whether only backends on that node will do. */
  readonly isLocal: boolean
  /** Whether the plugin goes by the hints of EndpointSlices. */
  readonly usesHints: boolean
}

/** What backends are judged by. */
export interface BackendPlaces {
  readonly pods: readonly Pod[]
  readonly nodeNames: readonly string[]
  readonly zones: readonly (string | undefined)[]
}

/**
 * The backends that a connection may get (kubernetes pkg/proxy/topology.go, CategorizeEndpoints): the ready ones, or where
 * there is none those that terminate but still serve. With the policy Local those of the node only; otherwise, as long as
 * every ready backend has a hint and one of them is for the node's zone, those that are.
 */
export function usableBackends({ backends }: ServicePort, { pods, nodeNames, zones }: BackendPlaces, vantage: Vantage): Backend[] {
  const { node, isLocal, usesHints } = vantage
  const near = isLocal ? backends.filter(({ pod }) => pods[pod]!.node === node) : backends
  const ready = near.filter(({ conditions }) => conditions.ready)
  if (ready.length === 0) return near.filter(({ conditions }) => conditions.serving && conditions.terminating)
  if (isLocal || !usesHints) return ready
  return hinted(ready, 'nodes', nodeNames[node]) ?? hinted(ready, 'zones', zones[node]) ?? ready
}

/** Those that are for a place; undefined where not all have a hint, the place is unknown, or none is for it. */
function hinted(backends: readonly Backend[], kind: 'nodes' | 'zones', place: string | undefined): Backend[] | undefined {
  if (place === undefined || backends.some((backend) => backend[kind] === undefined)) return undefined
  const found = backends.filter((backend) => backend[kind]!.includes(place))
  return found.length === 0 ? undefined : found
}
