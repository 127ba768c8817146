import { hasEndpoint, type Direction, type EndpointSet, type PortRange } from '#shared/lookup/policy/index'
import { ipBlockContains, ipBlockCovers, type IpAddress, type IpBlock } from '#shared/units/index'

import type { EndpointIndex } from '../endpoints'
import type { OutsidePeers, PolicySet, SourcedRule } from '../policy-set'

/** An entry of an endpoint's policy map (bpf/lib/policy.h): ports are a prefix, all of them where `last` is 65,535 and `first` 0. */
export interface MapEntry {
  readonly direction: Direction
  readonly identity: string
  /** −1 for any. */
  readonly protocol: number
  readonly first: number
  readonly last: number
  readonly action: 'allow' | 'deny'
}

/** Stands for whoever it is (identity 0). */
export const ANYBODY = 'any'
const ANY_PROTOCOL = -1
const LAST_PORT = 65_535
const DIRECTIONS = ['ingress', 'egress'] as const

/** Finds the entries that the agent writes for an endpoint, and the identities of peers. */
export class MapEntries {
  private readonly index: EndpointIndex
  private readonly policies: PolicySet
  /** Ranges that any policy names: each is an identity of its node's own. */
  private readonly blocks: readonly IpBlock[]
  private readonly deciding: readonly EndpointSet[]
  /** Whether any policy names nodes: which of them is an endpoint's own decides about its entries then. */
  private readonly namesNodes: boolean

  constructor(index: EndpointIndex, policies: PolicySet) {
    this.index = index
    this.policies = policies
    this.blocks = namedBlocks(policies)
    this.deciding = decidingSets(policies)
    const nodes = index.cluster.endpoints.flatMap(({ kind }, endpoint) => (kind === 'node' ? [endpoint] : []))
    this.namesNodes = rulesOf(policies).some(({ match: { peers } }) => peers !== undefined && nodes.some((node) => hasEndpoint(peers, node)))
  }

  /** The entries for an endpoint; a denial takes the place of what is allowed for the same. */
  of(own: number): MapEntry[] {
    const entries = new Map<string, MapEntry>()
    for (const direction of DIRECTIONS) {
      for (const entry of this.ofDirection(own, direction)) {
        const key = `${direction} ${entry.identity} ${entry.protocol} ${entry.first} ${entry.last}`
        if (entry.action === 'deny' || !entries.has(key)) entries.set(key, entry)
      }
    }
    return [...entries.values()]
  }

  /** Endpoints with equal keys have equal entries. */
  keyOf(own: number): string {
    const node = this.namesNodes ? `${this.index.cluster.endpoints[own]!.node} ` : ''
    return node + this.deciding.flatMap((set, number) => (hasEndpoint(set, own) ? [number] : [])).join(' ')
  }

  /** The identity that an endpoint sees of a peer. */
  identityOf(own: number, peer: number): string {
    const { kind, node, isApiServer, addresses } = this.index.cluster.endpoints[peer]!
    if (kind === 'external') return this.outsideIdentity(addresses[0])
    if (kind === 'pod') return podIdentity(this.index.identitySets.findIndex((members) => hasEndpoint(members, peer)))
    if (node === this.index.cluster.endpoints[own]!.node) return 'host'
    return isApiServer ? 'kube-apiserver' : 'remote-node'
  }

  private outsideIdentity(address: IpAddress | undefined): string {
    const known = address === undefined ? [] : this.blocks.filter((block) => ipBlockContains(block, address))
    const [longest] = known.toSorted((a, b) => b.length - a.length)
    return longest === undefined ? 'world' : blockIdentity(longest)
  }

  private ofDirection(own: number, direction: Direction): MapEntry[] {
    const selecting = this.policies[direction].tiers.flatMap(({ policies }) => policies.filter(({ subjects }) => hasEndpoint(subjects, own)))
    const everybody = { direction, identity: ANYBODY, protocol: ANY_PROTOCOL, first: 0, last: LAST_PORT, action: 'allow' } as const
    // A direction that nothing isolates has one entry for all that is not denied.
    const open = selecting.some(({ isolates }) => isolates) ? [] : [everybody]
    return [...open, ...selecting.flatMap(({ rules }) => rules.flatMap((rule) => this.ofRule(own, direction, rule)))]
  }

  private ofRule(own: number, direction: Direction, rule: SourcedRule): MapEntry[] {
    const { match } = rule
    // Requests are refused by the proxy, to which an entry only leads.
    if (match.action === 'deny' && match.request !== undefined) return []
    if (match.own !== undefined && !hasEndpoint(match.own, own)) return []
    const action = match.action === 'deny' ? 'deny' : 'allow'
    const identities = this.identitiesOf(own, rule)
    return portsOf(rule).flatMap(({ holders, ...port }) => {
      const named = direction === 'egress' ? this.declaring(identities, holders) : identities
      const isOwn = direction === 'egress' || holders === undefined || hasEndpoint(holders, own)
      return isOwn ? named.map((identity) => ({ direction, identity, action, ...port })) : []
    })
  }

  /** Those of some identities whose pods declare a named port; all where the port has no name. */
  private declaring(identities: readonly string[], holders: EndpointSet | undefined): readonly string[] {
    if (holders === undefined) return identities
    const declaring = this.index.identitySets.flatMap((members, number) => (meet(members, holders) ? [podIdentity(number)] : []))
    return identities.includes(ANYBODY) ? declaring : declaring.filter((identity) => identities.includes(identity))
  }

  private identitiesOf(own: number, { match: { peers, relation = 'any' }, outside }: SourcedRule): string[] {
    if (peers === undefined || outside?.everybody === true) return [ANYBODY]
    const { identitySets, cluster, count } = this.index
    const identities = identitySets.flatMap((members, number) => (meet(members, peers) ? [podIdentity(number)] : []))
    const roles = new Set<string>()
    const { node: ownNode } = cluster.endpoints[own]!
    for (let peer = 0; peer < count; peer++) {
      const { kind, node } = cluster.endpoints[peer]!
      if (kind !== 'node' || !hasEndpoint(peers, peer)) continue
      if (relation === 'any' || (relation === 'sameHost') === (node === ownNode)) roles.add(this.identityOf(own, peer))
    }
    return [...identities, ...roles, ...this.outsideIdentities(outside)]
  }

  private outsideIdentities(outside: OutsidePeers | undefined): string[] {
    if (outside === undefined) return []
    if (outside.world) return ['world', ...this.blocks.map(blockIdentity)]
    const isPicked = (known: IpBlock): boolean =>
      outside.ranges.some(({ block, except }) => ipBlockCovers(block, known) && !except.some((other) => ipBlockCovers(other, known)))
    return this.blocks.filter(isPicked).map(blockIdentity)
  }
}

/** The sets that decide which entries an endpoint has: subjects of policies, those that a rule is for, and who declares a named port. */
function decidingSets(policies: PolicySet): EndpointSet[] {
  const sets = DIRECTIONS.flatMap((direction) => policies[direction].tiers.flatMap((tier) => tier.policies).flatMap(({ subjects, rules }) => [
    subjects,
    ...rules.flatMap(({ match: { own, ports = [] } }) => [own, ...(direction === 'ingress' ? ports.map(({ holders }) => holders) : [])]),
  ]))
  return [...new Set(sets)].filter((set) => set !== undefined)
}

/** Every range that a rule names, and every exception, once. */
function namedBlocks(policies: PolicySet): IpBlock[] {
  const known = new Map<string, IpBlock>()
  for (const { block, except } of rulesOf(policies).flatMap(({ outside }) => outside?.ranges ?? [])) {
    for (const each of [block, ...except]) known.set(blockIdentity(each), each)
  }
  return [...known.values()]
}

/** The rules of all policies, both directions. */
function rulesOf(policies: PolicySet): SourcedRule[] {
  return DIRECTIONS.flatMap((direction) => policies[direction].tiers.flatMap(({ policies: ofTier }) => ofTier.flatMap(({ rules }) => rules)))
}

function podIdentity(number: number): string {
  return `pods ${number}`
}

function blockIdentity({ version, first, length }: IpBlock): string {
  return `cidr ${version} ${first}/${length}`
}

/** What of an entry's key is not the identity; `holders`: at whom a named port is that. */
interface EntryPorts extends Pick<MapEntry, 'protocol' | 'first' | 'last'> {
  readonly holders?: EndpointSet
}

function portsOf({ match: { protocol, ports, icmp } }: SourcedRule): EntryPorts[] {
  // A type of ICMP is in the place of the port.
  if (icmp !== undefined) return [{ protocol: protocol ?? ANY_PROTOCOL, first: icmp.type, last: icmp.type }]
  if (ports === undefined) return [{ protocol: protocol ?? ANY_PROTOCOL, first: 0, last: LAST_PORT }]
  return ports.flatMap((range) => prefixesOf(range).map((prefix) => ({ ...prefix, ...(range.holders && { holders: range.holders }) })))
}

/** The fewest prefixes that a range of ports is made of. */
function prefixesOf({ protocol = ANY_PROTOCOL, first, last }: PortRange): EntryPorts[] {
  if (first < 0) return [{ protocol, first: 0, last: LAST_PORT }]
  const prefixes: EntryPorts[] = []
  for (let from = first; from <= last; ) {
    let size = 1
    while (from % (size * 2) === 0 && from + size * 2 - 1 <= last) size *= 2
    prefixes.push({ protocol, first: from, last: from + size - 1 })
    from += size
  }
  return prefixes
}

function meet(a: EndpointSet, b: EndpointSet): boolean {
  return a.some((word, index) => (word & b[index]!) !== 0)
}
