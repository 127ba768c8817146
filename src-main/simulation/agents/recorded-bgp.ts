import type { RecordedMessages, RecordedPath, RecordedPaths, RecordedSession } from '#shared/contract/control-plane'
import { formatIpv4Address, formatIpv4Prefix, type Ipv4Address } from '#shared/units/index'
import { encodeBgpMessage, type BgpMessage } from '#shared/wire/bgp/index'

import { DEFAULT_LOCAL_PREF, prefixOfKey, type BgpSimulation, type KnownPath, type SentMessage, type Speaker } from '../bgp/index'
import { spansOf } from './spans'

const ORIGINS = ['IGP', 'EGP', 'incomplete'] as const
const COUNTED = { open: 'OPEN', update: 'UPDATE', keepalive: 'KEEPALIVE', notification: 'NOTIFICATION' } as const

/** Names of who has an address. */
export type AddressNames = (address: Ipv4Address) => string | undefined

/** What a speaker knew over the time that its history was kept; `fromNs` is the lab's time 0. */
export function recordedPaths(bgp: BgpSimulation, speaker: number, names: AddressNames, fromNs: number): RecordedPaths[] {
  const { sessions } = bgp.speakers[speaker]!
  return spansOf(bgp.history.paths[speaker]!, ({ key }) => key, fromNs).flatMap(({ item: { key, paths }, ...span }) =>
    paths.length === 0
      ? []
      : [{ ...span, prefix: formatIpv4Prefix(prefixOfKey(key)), paths: paths.map((path) => recordedPath(path, sessions, names)) }],
  )
}

function recordedPath({ attributes, session, stale, used }: KnownPath, sessions: Speaker['sessions'], names: AddressNames): RecordedPath {
  const { nextHop, asPath, origin, localPref, med, communities, originatorId, clusterList } = attributes
  return {
    nextHop: formatIpv4Address(nextHop),
    ...(session >= 0 && { from: nameOf(sessions[session]!.config.address, names) }),
    asPath,
    origin: ORIGINS[origin] ?? 'incomplete',
    localPref: localPref ?? DEFAULT_LOCAL_PREF,
    ...(med !== undefined && { med }),
    communities: communities.map((value) => `${value >>> 16}:${value & 0xffff}`),
    ...(originatorId !== undefined && { originatorId: formatIpv4Address(originatorId) }),
    clusterList: clusterList.map(formatIpv4Address),
    stale,
    used,
  }
}

/** A speaker's sessions with their states over the time that its history was kept. */
export function recordedSessions(bgp: BgpSimulation, speaker: number, names: AddressNames, fromNs: number): RecordedSession[] {
  const spans = spansOf(bgp.history.states[speaker]!, ({ session }) => session, fromNs)
  return bgp.speakers[speaker]!.sessions.map(({ config, number }) => ({
    peer: nameOf(config.address, names),
    peerAddress: formatIpv4Address(config.address),
    peerAsn: config.asn,
    client: config.clusterId !== undefined,
    states: spans.filter(({ item }) => item.session === number).map(({ item, ...span }) => ({ ...span, state: item.state })),
  }))
}

/** The messages that speakers sent, by kind, with their bytes. */
export class MessageTally {
  private readonly bySender = new Map<Ipv4Address, Map<BgpMessage['kind'], { count: number; bytes: number }>>()

  constructor(messages: readonly SentMessage[]) {
    for (const { from, message, addPath } of messages) {
      const kinds = this.bySender.get(from) ?? new Map<BgpMessage['kind'], { count: number; bytes: number }>()
      this.bySender.set(from, kinds)
      const known = kinds.get(message.kind) ?? { count: 0, bytes: 0 }
      kinds.set(message.kind, { count: known.count + 1, bytes: known.bytes + encodeBgpMessage(message, { addPath }).length })
    }
  }

  /** Those sent from any of some addresses. */
  of(addresses: readonly Ipv4Address[]): RecordedMessages[] {
    return (Object.keys(COUNTED) as (keyof typeof COUNTED)[]).flatMap((kind) => {
      const sent = addresses.flatMap((address) => this.bySender.get(address)?.get(kind) ?? [])
      const total = (pick: 'count' | 'bytes'): number => sent.reduce((sum, each) => sum + each[pick], 0)
      return sent.length === 0 ? [] : [{ protocol: 'bgp', kind: COUNTED[kind], count: total('count'), bytes: total('bytes') }]
    })
  }
}

function nameOf(address: Ipv4Address, names: AddressNames): string {
  return names(address) ?? formatIpv4Address(address)
}
