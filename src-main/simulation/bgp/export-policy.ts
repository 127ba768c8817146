import { ipv4PrefixContains, ipv4PrefixCovers, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import { DEFAULT_LOCAL_PREF, forbidsExport, type AttributeTable, type PathAttributes } from './attributes'
import type { PeerConfig, SpeakerConfig } from './config'
import { prefixOfKey, type PrefixKey, type Route, type RouteTable } from './route'

/** A session as far as announcing routes on it goes. */
export interface ExportSession {
  readonly number: number
  readonly config: PeerConfig
  readonly internal: boolean
  readonly interfaceIndex: number
  readonly speaker: {
    readonly config: SpeakerConfig
    readonly table: RouteTable
    readonly attributes: AttributeTable
    readonly sessions: readonly { readonly config: PeerConfig; readonly interfaceIndex: number }[]
    pathIdOf(route: Route): number
  }
  decision(direction: 'import' | 'export', prefix: Ipv4Prefix, isLearned: boolean): 'Accept' | 'Reject' | undefined
}

/**
 * The attributes with which a session announces a route; undefined where it does not: back to where it came from, between
 * two neighbours of the own AS unless one is a client, against a community, or against the filters.
 */
export function exportedAttributes(session: ExportSession, key: PrefixKey, route: Route): PathAttributes | undefined {
  const { speaker, internal } = session
  if (route.session === session.number) return undefined
  if (route.kind === 'bgp') {
    if (route.gateway === undefined || forbidsExport(route.attributes, !internal)) return undefined
    if (internal && route.internal && !reflects(session, route)) return undefined
  }
  // What a neighbour's filter accepts is not asked about again.
  const decision = session.decision('export', prefixOfKey(key), route.kind === 'bgp')
  if (decision === 'Reject' || (decision === undefined && !permittedBySpeaker(session, key, route))) return undefined
  return speaker.attributes.intern(internal ? inside(session, route) : outside(session, route))
}

/** Whether a route from a neighbour of the own AS goes on to another: one of them is a client, and it has not been in its cluster. */
function reflects({ speaker, config: { clusterId } }: ExportSession, { session, attributes }: Route): boolean {
  const from = speaker.sessions[session]!.config.clusterId
  if (clusterId === undefined) return from !== undefined
  return !attributes.clusterList.includes(clusterId)
}

/** Routers announce all; nodes what lies in pools that are exported (calico_aggr and the export filter of bird.cfg). */
function permittedBySpeaker({ speaker }: ExportSession, key: PrefixKey, route: Route): boolean {
  if (speaker.config.isRouter) return true
  if (route.kind === 'direct') return false
  const prefix = prefixOfKey(key)
  const pool = speaker.config.pools.find(({ cidr }) => ipv4PrefixCovers(cidr, prefix))
  return pool?.exported ?? false
}

/** To a neighbour of the own AS: the path as it is; reflected routes say who brought them, and through which clusters. */
function inside(session: ExportSession, route: Route): PathAttributes {
  const { attributes } = route
  const reflected = route.kind === 'bgp' && route.internal
  return {
    ...attributes,
    nextHop: replacesNextHop(session, route) ? session.config.source : attributes.nextHop,
    localPref: attributes.localPref ?? DEFAULT_LOCAL_PREF,
    originatorId: reflected ? (attributes.originatorId ?? (route.routerId as PathAttributes['originatorId'])) : undefined,
    clusterList: reflected ? [...clustersPassed(session, route), ...attributes.clusterList] : [],
  }
}

/** The clusters that a reflected route goes through here: that of the client it goes to, then that of the client it came from. */
function clustersPassed({ speaker, config }: ExportSession, route: Route): Ipv4Address[] {
  const [to, from] = [config.clusterId, speaker.sessions[route.session]!.config.clusterId]
  return [...new Set([to, from])].filter((id) => id !== undefined)
}

/** To another AS: the own AS in front, no attributes that are the AS's own business. */
function outside(session: ExportSession, route: Route): PathAttributes {
  const { attributes } = route
  return {
    ...attributes,
    asPath: [session.speaker.config.asn, ...attributes.asPath],
    nextHop: nextHopOutside(session, route),
    med: undefined,
    localPref: undefined,
    originatorId: undefined,
    clusterList: [],
  }
}

function replacesNextHop({ config }: ExportSession, route: Route): boolean {
  if (route.kind !== 'bgp' || config.nextHopSelf === 'always') return true
  return config.nextHopSelf === 'external' && !route.internal
}

/**
 * The next hop for another AS: as it is between neighbours on one subnet (RFC 4271, section 5.1.3), else the gateway where
 * that is on the subnet of the session, else this speaker.
 */
function nextHopOutside(session: ExportSession, route: Route): Ipv4Address {
  const { config, interfaceIndex, speaker } = session
  if (route.kind !== 'bgp' || config.nextHopSelf !== 'no') return config.source
  if (config.nextHopKeep) return route.attributes.nextHop
  if (interfaceIndex < 0) return config.source
  if (speaker.sessions[route.session]!.interfaceIndex === interfaceIndex) return route.attributes.nextHop
  const { gateway } = route
  const isNear = gateway !== undefined && ipv4PrefixContains(speaker.config.interfaces[interfaceIndex]!.prefix, gateway)
  return isNear ? gateway : config.source
}
