import type { Ipv4Address } from '#shared/units/index'
import type { BgpMessage, BgpUpdate } from '#shared/wire/bgp/index'

import type { AttributeTable } from './attributes'
import type { PeerConfig, SpeakerConfig } from './config'
import type { Connection } from './connection'
import type { EventLoop } from './event-loop'
import type { SpeakerNetwork } from './network'
import type { Random } from './random'
import type { Route, RouteTable } from './route'
import type { WireLog } from './wire-log'

/** The speaker that a session belongs to, or that it talks to; sessions are of a kind that this file need not know. */
export interface SessionSpeaker<Session> {
  readonly number: number
  readonly running: boolean
  /** Whether it has restarted and keeps the kernel's routes until it knows its own. */
  readonly recovering: boolean
  readonly loop: EventLoop
  readonly random: Random
  readonly network: SpeakerNetwork
  readonly config: SpeakerConfig
  readonly table: RouteTable
  readonly attributes: AttributeTable
  readonly sessions: readonly Session[]
  find(address: Ipv4Address): SessionSpeaker<Session> | undefined
  /** Whether packets get to an address, over a segment alone where one is given. */
  reaches(address: Ipv4Address, segment?: number): boolean
  hasCarrier(interfaceIndex: number): boolean
  interfaceOf(address: Ipv4Address): number
  pathIdOf(route: Route): number
  /** Another speaker connects as its configuration says. */
  answer(from: SessionSpeaker<Session>, asSeenThere: PeerConfig): Connection | false | undefined
  learn(session: Session, update: BgpUpdate): void
  forget(session: Session, matches: (route: Route) => boolean): void
  markStale(session: Session): void
  onEndOfRib(session: Session): void
  onSent(session: Session, messages: readonly BgpMessage[]): void
  onState(session: Session): void
  /** What is put on the wire, where that is kept. */
  readonly wire: WireLog | undefined
}

/** Messages a session has sent. */
export interface MessageCounts {
  OPEN: number
  UPDATE: number
  KEEPALIVE: number
  NOTIFICATION: number
}
