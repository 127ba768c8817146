import { jhash3Words } from '#shared/lookup/index'
import type { Direction, PolicyPacket } from '#shared/lookup/policy/index'

import type { EndpointIndex } from '../endpoints'
import type { PolicySet } from '../policy-set'
import { ANYBODY, MapEntries, type MapEntry } from './map-entries'

/** Settings of the agent about policy maps. */
export interface MapSettings {
  /** Entries that an endpoint's map has room for (`bpf.policyMapMax`). */
  readonly capacity: number
  /** Whether an endpoint whose map is too small gets and sends nothing (`endpointLockdownOnMapOverflow`). */
  readonly locksDown: boolean
}

/** What a map that is too small says about a packet. */
interface MapVerdict {
  readonly verdict: 'allow' | 'deny'
  readonly why: string
}

/**
 * The policy maps of a cluster's endpoints (`cilium_policy_v2_*`): how many entries each wants, and what those that are too small
 * answer. The agent writes entries in no order, and what finds no room is missing; which that is, is drawn here from the entry's
 * place.
 */
export class PolicyMaps {
  readonly settings: MapSettings
  private readonly entries: MapEntries
  private readonly wanted = new Map<string, number>()
  private readonly kept = new Map<number, readonly MapEntry[] | undefined>()

  constructor(index: EndpointIndex, policies: PolicySet, settings: MapSettings) {
    this.settings = settings
    this.entries = new MapEntries(index, policies)
  }

  /** How many entries an endpoint's policies come to. */
  sizeOf(endpoint: number): number {
    const key = this.entries.keyOf(endpoint)
    const known = this.wanted.get(key) ?? this.entries.of(endpoint).length
    this.wanted.set(key, known)
    return known
  }

  /** What a map that is too small answers; undefined where an endpoint's entries all have room. */
  answer(own: number, direction: Direction, packet: PolicyPacket): MapVerdict | undefined {
    const kept = this.keptOf(own)
    if (kept === undefined) return undefined
    const { capacity, locksDown } = this.settings
    const words = `the policy map has room for ${capacity} of ${this.sizeOf(own)} entries`
    if (locksDown) return { verdict: 'deny', why: `${words}, and the endpoint is locked down` }
    const verdict = mapVerdict(kept, this.entries.identityOf(own, packet.peer), direction, packet)
    return { verdict, why: `${words}; those that are there ${verdict} it` }
  }

  private keptOf(own: number): readonly MapEntry[] | undefined {
    if (this.sizeOf(own) <= this.settings.capacity) return undefined
    if (!this.kept.has(own)) this.kept.set(own, drawn(this.entries.of(own), this.settings.capacity))
    return this.kept.get(own)
  }
}

/** What a map's entries say about a packet of an identity: any that denies it wins, and what none allows is denied. */
export function mapVerdict(entries: readonly MapEntry[], identity: string, direction: Direction, packet: PolicyPacket): 'allow' | 'deny' {
  const matching = entries.filter((entry) =>
    entry.direction === direction && (entry.identity === identity || entry.identity === ANYBODY) && covers(entry, packet))
  return matching.length > 0 && matching.every(({ action }) => action === 'allow') ? 'allow' : 'deny'
}

/** So many of some entries, as if in an order that nobody chose. */
function drawn(entries: readonly MapEntry[], count: number): MapEntry[] {
  const place = entries.map((_, index) => jhash3Words(index, 0, 0, 0))
  return entries.map((_, index) => index).toSorted((a, b) => place[a]! - place[b]!).slice(0, count).map((index) => entries[index]!)
}

function covers({ protocol, first, last }: MapEntry, packet: PolicyPacket): boolean {
  if (protocol >= 0 && protocol !== packet.protocol) return false
  const port = packet.icmpType >= 0 ? packet.icmpType : packet.destinationPort
  return (first === 0 && last === 65_535) || (first <= port && port <= last)
}
