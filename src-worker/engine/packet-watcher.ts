/** Who watches packets go by. The engine calls nobody unless it is given one: its parts are then told by wrapped methods. */

import type { Outlet } from './transport/outlet'
import type { Links } from './network/links'

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
}

/** Wraps what a watcher wants to be told of, so that engines that nobody watches ask nothing. */
export function watchSending(links: Links, outlet: Outlet, watcher: PacketWatcher): void {
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
  const emit = outlet.emit.bind(outlet)
  outlet.emit = (packet, core, nowNs) => {
    watcher.emitted(packet, nowNs)
    emit(packet, core, nowNs)
  }
}
