/** Who watches packets go by. The engine calls nobody unless it is given one: its parts are then told by wrapped methods. */

import type { Outlet } from './transport/outlet'
import type { Links } from './network/links'
import type { PacketPool } from './packet-pool'

/** Told of packets at the places where a capture can see them; must not change them. */
export interface PacketWatcher {
  /** A frame starts on the wire of a port. */
  started(port: number, packet: number, nowNs: number): void
  /** A packet ends at a port, in its queue or on its wire. `reason` is a number of `DROP_REASONS`. */
  lost(port: number, packet: number, reason: number): void
  /** A frame reached the far end of a port's wire. */
  arrived(port: number, packet: number, nowNs: number): void
  /** A packet or train leaves its socket. */
  emitted(packet: number, nowNs: number): void
  /** A packet or train reaches the other socket. */
  delivered(packet: number, nowNs: number): void
  /** A pass of a packet's program ended on a host, after `costNs` of work. */
  passed(packet: number, host: number, costNs: number, nowNs: number): void
  /** A packet becomes a copy of another: a segment of a train, a fragment. */
  copied(from: number, to: number): void
}

/** What of an engine sends packets on. */
export interface WatchedParts {
  readonly links: Links
  readonly outlet: Outlet
  readonly pool: PacketPool
}

/** Wraps what a watcher wants to be told of, so that engines that nobody watches ask nothing. */
export function watchSending({ links, outlet, pool }: WatchedParts, watcher: PacketWatcher): void {
  const launch = links.launch.bind(links)
  links.launch = (port, packet, nowNs) => {
    watcher.started(port, packet, nowNs)
    launch(port, packet, nowNs)
  }
  const lose = links.lose.bind(links)
  links.lose = (port, packet, reason, nowNs) => {
    watcher.lost(port, packet, reason)
    lose(port, packet, reason, nowNs)
  }
  const copy = pool.copy.bind(pool)
  pool.copy = (from, to) => {
    copy(from, to)
    watcher.copied(from, to)
  }
  const emit = outlet.emit.bind(outlet)
  outlet.emit = (packet, core, nowNs) => {
    watcher.emitted(packet, nowNs)
    emit(packet, core, nowNs)
  }
}
