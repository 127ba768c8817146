import type { Finding, Lab, Variant } from '#shared/lab/index'

import type { FibEntry, LoggedConnection, MessageCounts, PrefixKey, Route } from '../bgp/index'
import { buildTopology } from '../topology/index'
import { buildControlPlane, SETTLING_NS } from './control-plane'
import { labChanges } from './deliveries'
import { scheduleFaults } from './fault-events'

/** What a node (or a switch that speaks BGP) knows at a time. */
export interface LabNodeRoutes {
  readonly name: string
  readonly fib: ReadonlyMap<PrefixKey, FibEntry>
  /** Sent from the start to convergence, periodic keepalives aside. */
  readonly messages: MessageCounts
  /** BGP's paths by prefix, best first. */
  readonly rib: readonly { readonly key: PrefixKey; readonly routes: readonly Route[] }[]
}

/** What a variant's nodes know. */
interface VariantRoutes {
  /** From the speakers' start, ns. */
  readonly convergedAtNs: number
  readonly nodes: readonly LabNodeRoutes[]
  readonly findings: readonly Finding[]
  /** BGP's connections with their bytes since the speakers' start, where they are kept. */
  readonly connections: readonly LoggedConnection[]
}

/** Long enough for every session of a start to be up, ns. */
const CONVERGENCE_NS = 60e9
const NOTHING_SENT: MessageCounts = { OPEN: 0, UPDATE: 0, KEEPALIVE: 0, NOTIFICATION: 0 }

/**
 * The routes of a variant's nodes at a time of the lab, ns, after what its faults did until then; and how long speakers
 * took to converge from their start, ns. `wanted` names the nodes to tell of, all where absent; `wire` keeps what is put on the
 * wire. Findings are what is wrong with the nodes' addresses. Requires: a valid lab.
 */
export function routesOfVariant(
  lab: Lab,
  variant: Variant,
  atNs: number,
  seed: number,
  wanted?: readonly string[],
  wire = false,
): VariantRoutes {
  const { topology, findings } = buildTopology(lab)
  const plane = buildControlPlane(lab, variant, topology, seed, { wire })
  const { bgp, large } = plane
  let convergedAtNs = large?.convergedAtNs ?? 0
  let messages: readonly MessageCounts[] = plane.nodes.map((_, speaker) => large?.messages(speaker) ?? NOTHING_SENT)
  if (bgp) {
    scheduleFaults(lab, topology, plane, labChanges(lab, variant, seed))
    bgp.runUntil(CONVERGENCE_NS)
    convergedAtNs = Math.max(0, ...bgp.changes().map((change) => change.atNs))
    messages = plane.nodes.map((_, speaker) => bgp.sentBy(speaker))
    bgp.runUntil(atNs + SETTLING_NS)
  }
  return {
    findings,
    convergedAtNs,
    connections: bgp?.wire?.connections ?? [],
    nodes: plane.nodes.flatMap(({ name }, node) =>
      wanted === undefined || wanted.includes(name)
        ? [{ name, fib: plane.fibAt(node, atNs), messages: messages[node]!, rib: bgp?.rib(node) ?? [] }]
        : [],
    ),
  }
}
