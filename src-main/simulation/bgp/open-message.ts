import type { BgpOpen } from '#shared/wire/bgp/index'

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
