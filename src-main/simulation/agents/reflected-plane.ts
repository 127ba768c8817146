import type { MessageCounts, SpeakerConfig } from '../bgp/index'
import { prefixKey, type FibEntry, type PrefixKey } from '../bgp/index'
import { ipv4PrefixContains, SECOND_NS } from '#shared/units/index'

import { startCluster } from './cluster-start'

/** A cluster whose nodes learn everything from a few reflectors, converged. */
export interface ReflectedPlane {
  readonly convergedAtNs: number
  messages(speaker: number): MessageCounts
  rows(speaker: number): Map<PrefixKey, FibEntry>
}

/**
 * What speakers come to where every one is a reflector of one cluster or the client of all of them, without simulating each
 * path: then everybody knows everybody's blocks, with their owner as next hop. Undefined for any other design.
 */
export function reflectedPlane(configs: readonly SpeakerConfig[], pods: number, seed: number): ReflectedPlane | undefined {
  const reflectors = configs.filter(({ peers }) => peers.some(({ clusterId }) => clusterId !== undefined))
  const addresses = new Set(reflectors.map(({ routerId }) => routerId))
  const clusters = new Set(reflectors.flatMap(({ peers }) => peers.flatMap(({ clusterId }) => clusterId ?? [])))
  const isSimple = configs.every(({ isRouter, asn, peers, routerId }) => {
    if (isRouter || asn !== configs[0]!.asn) return false
    const known = new Set(peers.map(({ address }) => address))
    const isReflector = addresses.has(routerId)
    return [...addresses].every((address) => address === routerId || known.has(address)) &&
      peers.length === (isReflector ? configs.length - 1 : addresses.size)
  })
  if (reflectors.length === 0 || clusters.size !== 1 || !isSimple) return undefined
  const { knownSeconds } = startCluster(
    { nodes: configs.length, pods, seed },
    { kind: 'bgp-reflectors', reflectors: reflectors.length },
  )
  const clients = configs.length - reflectors.length
  return {
    convergedAtNs: knownSeconds.last * SECOND_NS,
    messages: (speaker) => messagesOf(configs[speaker]!.peers.length, addresses.has(configs[speaker]!.routerId), clients, reflectors.length),
    rows: (speaker) => rowsOf(configs, speaker),
  }
}

/** Each route in an UPDATE of its own, as their attributes differ; End-of-RIB to everybody. */
function messagesOf(sessions: number, reflects: boolean, clients: number, reflectors: number): MessageCounts {
  const toClient = clients - 1 + reflectors
  const toReflector = clients + 1
  const routes = reflects ? clients * toClient + (reflectors - 1) * toReflector : sessions
  return { OPEN: sessions, UPDATE: routes + sessions, KEEPALIVE: sessions, NOTIFICATION: 0 }
}

function rowsOf(configs: readonly SpeakerConfig[], speaker: number): Map<PrefixKey, FibEntry> {
  const { blocks, interfaces, tunnelled, defaultGateway, programsPools } = configs[speaker]!
  const rows = new Map<PrefixKey, FibEntry>()
  for (const { prefix } of interfaces) rows.set(prefixKey(prefix), { kind: 'connected' })
  if (defaultGateway !== undefined) rows.set(0, { kind: 'via', gateways: [defaultGateway] })
  for (const block of blocks) rows.set(prefixKey(block), { kind: 'blackhole' })
  if (!programsPools) return rows
  configs.forEach((other, index) => {
    if (index === speaker) return
    const nextHop = other.routerId
    const isNear = tunnelled || interfaces.some(({ prefix }) => ipv4PrefixContains(prefix, nextHop))
    const gateway = isNear ? nextHop : defaultGateway
    if (gateway === undefined) return
    for (const block of other.blocks) rows.set(prefixKey(block), { kind: 'via', gateways: [gateway] })
  })
  return rows
}
