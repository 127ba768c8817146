import { BGP_ERROR, type BgpOpen } from '#shared/wire/bgp/index'

import type { Negotiated } from './channel'
import type { PeerConfig, SpeakerConfig } from './config'

/** IPv4 unicast. */
const AFI = 1
const SAFI = 1

/** The OPEN of a speaker to a neighbour, with the capabilities that BIRD offers; `restarted` after a graceful restart. */
export function openMessage(speaker: SpeakerConfig, peer: PeerConfig, restarted: boolean): BgpOpen {
  const { asn, routerId, timers, gracefulRestart } = speaker
  const restartSeconds = peer.gracefulRestartSeconds ?? timers.gracefulRestart
  const restart = {
    kind: 'graceful-restart' as const,
    restarted,
    restartSeconds,
    families: [{ afi: AFI, safi: SAFI, forwarding: restarted }],
  }
  return {
    kind: 'open',
    asn,
    holdSeconds: timers.hold,
    identifier: routerId,
    capabilities: [
      { kind: 'multiprotocol', afi: AFI, safi: SAFI },
      { kind: 'route-refresh' },
      ...(gracefulRestart ? [restart] : []),
      { kind: 'four-octet-as', asn },
      ...(peer.addPath ? [{ kind: 'add-path' as const, families: [{ afi: AFI, safi: SAFI, mode: 3 as const }] }] : []),
      { kind: 'enhanced-route-refresh' },
      ...(gracefulRestart ? [{ kind: 'long-lived-graceful-restart' as const, families: [] }] : []),
    ],
  }
}

/** What a neighbour's OPEN comes to with a speaker's own, or the error to answer it with (RFC 4271, section 6.2). */
export function negotiate(speaker: SpeakerConfig, peer: PeerConfig, open: BgpOpen): { code: number; subcode: number } | Negotiated {
  if (open.asn !== peer.asn) return { code: BGP_ERROR.open, subcode: 2 }
  if (peer.asn === speaker.asn && open.identifier === speaker.routerId) return { code: BGP_ERROR.open, subcode: 3 }
  const holdSeconds = Math.min(open.holdSeconds, speaker.timers.hold)
  const wanted = peer.keepaliveSeconds ?? speaker.timers.keepalive
  return {
    remote: open,
    holdSeconds,
    keepaliveSeconds: Math.min(wanted, holdSeconds / 3),
    addPath: peer.addPath && open.capabilities.some(({ kind }) => kind === 'add-path'),
  }
}
