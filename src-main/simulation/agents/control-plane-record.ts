import type { ControlPlaneRecord, RecordedChange, RecordedNode, RecordedStep } from '#shared/contract/control-plane'
import type { Finding, Lab, Variant } from '#shared/lab/index'
import { formatIpv4Address, formatIpv4Prefix, SECOND_NS, type Ipv4Address } from '#shared/units/index'

import { prefixOfKey, type FibChange, type FibEntry } from '../bgp/index'
import type { Pod } from '../kubernetes/index'
import { labServices, type Service } from '../services/index'
import { buildTopology } from '../topology/index'
import { policyMapLoads, recordedIdentities, type PolicyMapLoad } from './cilium-state'
import { SETTLING_NS, type ControlPlane } from './control-plane'
import { labChanges, watchMessages, type DeliveredChange } from './deliveries'
import { nodeAgents } from './node-agents'
import { nodeTables, type NodeLoad } from './node-tables'
import { podHistory } from './pod-history'
import { MessageTally, recordedPaths, recordedSessions, type AddressNames } from './recorded-bgp'
import { nodeAddresses, type NodeAddresses } from './recorded-ranges'
import { recordedRoutes } from './recorded-routes'
import { runPlane } from './run-plane'

/** What a record is made of. */
export interface ControlPlaneQuestion {
  readonly seed: number
  /** Names of the nodes to tell of; all where absent. */
  readonly nodes?: readonly string[] | undefined
  /** Hears the share of the work that is done; see `PlaneOptions`. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/**
 * How state gets to a variant's nodes over the time of a run. Findings are what is wrong with the lab's topology.
 * Requires: a valid lab. Throws {@link ControlPlaneTooLarge} for a design that is not simulated at the lab's size.
 */
export function recordControlPlane(
  lab: Lab,
  variant: Variant,
  { seed, nodes: wanted, onProgress }: ControlPlaneQuestion,
): { readonly record: ControlPlaneRecord; readonly findings: readonly Finding[] } {
  const { topology, findings } = buildTopology(lab)
  const changes = labChanges(lab, variant, seed)
  const plane = runPlane(lab, variant, topology, changes, seed, { messages: true, history: true, onProgress })
  const { duration } = lab.run
  const history = podHistory(lab)
  const addresses = nodeAddresses({ cni: variant.cni, assignment: plane.addresses, pods: history.pods, nodes: lab.nodes, changes, durationNs: duration })
  const pods = history.pods.filter((_, pod) => history.spans[pod]!.fromNs <= duration && duration < history.spans[pod]!.untilNs)
  const policyMaps = policyMapLoads(lab, variant, { topology, pods: history.pods, addresses: plane.addresses })
  const parts = { lab, variant, plane, changes, pods, policyMaps, services: labServices(lab, pods), names: addressNames(plane), addresses }
  const tally = new MessageTally(plane.bgp?.messages ?? [])
  return {
    findings,
    record: {
      schema: 'cnilab/control-plane/v1',
      variant: variant.name,
      durationSeconds: lab.run.duration / SECOND_NS,
      convergedAfterSeconds: convergedNs(plane) / SECOND_NS,
      nodes: plane.nodes.flatMap(({ name }, node) =>
        wanted === undefined || wanted.includes(name) ? [recordedNode(parts, node, tally)] : [],
      ),
      changes: [...objectChanges(changes, lab), ...routeChanges(plane, lab.run.duration)].toSorted((a, b) => a.atSeconds - b.atSeconds),
      ...(variant.cni === 'cilium' && { identities: recordedIdentities(history.pods, variant.settings) }),
    },
  }
}

/** What every node's record is made from. */
interface RecordParts {
  readonly lab: Lab
  readonly variant: Variant
  readonly plane: ControlPlane
  readonly changes: readonly DeliveredChange[]
  /** At the run's end. */
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly policyMaps: (node: number) => PolicyMapLoad | undefined
  readonly names: AddressNames
  readonly addresses: readonly NodeAddresses[]
}

function recordedNode(parts: RecordParts, node: number, tally: MessageTally): RecordedNode {
  const { lab, variant, plane, changes, names } = parts
  const { bgp } = plane
  const { name } = plane.nodes[node]!
  const isNode = node < lab.nodes.length
  const routes = recordedRoutes(plane, node)
  const present = routes.filter(({ untilSeconds }) => untilSeconds === undefined).length
  const load = loadOf(parts, node, present)
  return {
    name,
    kind: isNode ? 'node' : 'switch',
    routes,
    paths: bgp === undefined ? [] : recordedPaths(bgp, node, names, SETTLING_NS),
    sessions: bgp === undefined ? [] : recordedSessions(bgp, node, names, SETTLING_NS),
    messages: [
      ...tally.of(bgp?.speakers[node]!.config.interfaces.map(({ address }) => address) ?? []),
      ...watchMessages(changes, variant, node),
    ],
    ranges: parts.addresses[node]?.ranges ?? [],
    borrowed: parts.addresses[node]?.borrowed ?? [],
    agents: isNode ? nodeAgents(lab, variant, name, load) : [],
    tables: isNode ? nodeTables(variant, load) : [{ table: 'routes', entries: present }],
  }
}

/** The cluster as a node sees it. */
function loadOf({ lab, plane, pods, services, policyMaps }: RecordParts, node: number, routes: number): NodeLoad {
  const networked = pods.filter(({ hostNetwork }) => !hostNetwork)
  const blocks = plane.addresses?.blocks ?? []
  const own = blocks[node]?.length ?? 0
  return {
    nodes: lab.nodes.length,
    pods: networked.length,
    ownPods: networked.filter((pod) => pod.node === node).length,
    remoteBlocks: blocks.reduce((sum, ofNode) => sum + ofNode.length, 0) - own,
    routes,
    services,
    policyMaps: policyMaps(node),
  }
}

/** The last change of a route before the lab's time, since the daemons' start. */
function convergedNs({ bgp, large }: ControlPlane): number {
  if (bgp === undefined) return large?.convergedAtNs ?? 0
  return bgp.changes().reduce((last, { atNs }) => (atNs < SETTLING_NS ? Math.max(last, atNs) : last), 0)
}

/** Objects that changed during the run, with the nodes that were told. */
function objectChanges(changes: readonly DeliveredChange[], { nodes, run }: Lab): RecordedChange[] {
  const seconds = (atNs: number): number | undefined => (atNs <= run.duration ? atNs / SECOND_NS : undefined)
  return changes.flatMap(({ cause, what, atNs, deliveries }) => {
    const atSeconds = seconds(atNs)
    if (atSeconds === undefined) return []
    const steps = deliveries
      .toSorted((a, b) => a.doneNs - b.doneNs)
      .map(({ node, agent, knownNs, doneNs }): RecordedStep => {
        const [knownSeconds, doneSeconds] = [seconds(knownNs), seconds(doneNs)]
        return { node: nodes[node]!.name, agent, ...(knownSeconds !== undefined && { knownSeconds }), ...(doneSeconds !== undefined && { doneSeconds }) }
      })
    return [{ kind: cause, what, atSeconds, steps }]
  })
}

/** Routes that BGP changed during the run: one change for each prefix and what became of it, a step for each node. */
function routeChanges(plane: ControlPlane, durationNs: number): RecordedChange[] {
  const groups = new Map<string, FibChange[]>()
  for (const change of plane.changesAfter(0)) {
    if (change.atNs > durationNs) continue
    const key = `${change.key} ${change.entry === undefined} ${episode(groups, change)}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [change])
    else known.push(change)
  }
  return [...groups.values()].map((changes) => {
    const [first] = changes
    const steps = changes.map(({ speaker, atNs }): RecordedStep => ({
      node: plane.nodes[speaker]!.name, agent: 'bird', knownSeconds: atNs / SECOND_NS, doneSeconds: atNs / SECOND_NS,
    }))
    return {
      kind: 'route',
      what: `${formatIpv4Prefix(prefixOfKey(first!.key))} ${wordsFor(first!.entry)}`,
      atSeconds: first!.atNs / SECOND_NS,
      steps,
    }
  })
}

/** A node that changes a prefix the same way again begins another episode of it. */
function episode(groups: ReadonlyMap<string, readonly FibChange[]>, { key, entry, speaker }: FibChange): number {
  for (let number = 0; ; number++) {
    const known = groups.get(`${key} ${entry === undefined} ${number}`)
    if (known === undefined || !known.some((other) => other.speaker === speaker)) return number
  }
}

function wordsFor(entry: FibEntry | undefined): string {
  if (entry === undefined) return 'withdrawn'
  if (entry.kind !== 'via') return entry.kind
  return `via ${entry.gateways.map(formatIpv4Address).join(', ')}`
}

function addressNames({ bgp }: ControlPlane): AddressNames {
  const names = new Map<Ipv4Address, string>()
  for (const { config } of bgp?.speakers ?? []) for (const { address } of config.interfaces) names.set(address, config.name)
  return (address) => names.get(address)
}
