import { SECOND_NS } from '#shared/units/index'
import type { BgpMessage, BgpOpen } from '#shared/wire/bgp/index'
import { BGP_CEASE, BGP_ERROR } from '#shared/wire/bgp/index'

import type { Connection, ConnectionEnd } from './connection'
import { Timer, type EventLoop } from './event-loop'
import type { Random } from './random'
import type { Side } from './wire-log'

/** States of a connection (RFC 4271, section 8.2.2). */
export type ChannelState = 'idle' | 'active' | 'connect' | 'open-sent' | 'open-confirm' | 'established'

/** What two OPENs come to. */
export interface Negotiated {
  readonly remote: BgpOpen
  /** Seconds; 0: none. */
  readonly holdSeconds: number
  readonly keepaliveSeconds: number
  readonly addPath: boolean
}

/** What a channel asks of the session it belongs to. */
export interface ChannelOwner {
  readonly loop: EventLoop
  readonly random: Random
  /** The OPEN to send. */
  open(): BgpOpen
  /** Checks a received OPEN: an error to answer with, or what was negotiated. */
  accept(open: BgpOpen): { readonly code: number; readonly subcode: number } | Negotiated
  /** Settles which of two connections stays, once one has its OPEN; false: not this one. */
  wins(channel: Channel, remote: BgpOpen): boolean
  onEstablished(channel: Channel): void
  onUpdates(messages: readonly Extract<BgpMessage, { kind: 'update' }>[]): void
  /** The channel ended; `wasEstablished`, and why. */
  onEnd(channel: Channel, wasEstablished: boolean, reason: EndReason): void
  count(messages: readonly BgpMessage[], periodic: boolean): void
  onChannelState(): void
}

/** Why a channel ended. */
export type EndReason =
  /** The other end closed it without a NOTIFICATION. */
  | 'closed'
  /** An error was found here, or told by the other: what follows waits. */
  | 'error'
  /** Cease, from either side. */
  | 'cease'
  /** Called off here. */
  | 'stopped'

/** Patience with a neighbour that has not sent its OPEN (BIRD: initial hold time). */
const INITIAL_HOLD_SECONDS = 240

/** One connection of a session, from its OPEN on, with the hold and keepalive timers. */
export class Channel implements ConnectionEnd {
  negotiated: Negotiated | undefined
  readonly side: Side
  private readonly owner: ChannelOwner
  private readonly holdTimer: Timer
  private readonly keepaliveTimer: Timer
  private connection: Connection | undefined
  private current: ChannelState = 'idle'

  constructor(owner: ChannelOwner, side: Side) {
    this.owner = owner
    this.side = side
    this.holdTimer = new Timer(owner.loop, () => this.fail(BGP_ERROR.holdTimerExpired, 0))
    this.keepaliveTimer = new Timer(owner.loop, () => this.sendKeepalive(true))
  }

  get state(): ChannelState {
    return this.current
  }

  set state(state: ChannelState) {
    this.current = state
    this.owner.onChannelState()
  }

  /** Takes a connection and opens the session on it. */
  begin(connection: Connection): void {
    this.connection = connection
    connection.attach(this.side, this)
    this.state = 'open-sent'
    this.send([this.owner.open()])
    this.holdTimer.start(this.owner.random.jittered(INITIAL_HOLD_SECONDS * SECOND_NS))
  }

  onMessages(messages: readonly BgpMessage[]): void {
    const updates: Extract<BgpMessage, { kind: 'update' }>[] = []
    for (const message of messages) {
      if (this.connection === undefined) return
      if (message.kind === 'update') updates.push(message)
      else this.receive(message)
    }
    if (updates.length > 0 && this.state === 'established') {
      this.restartHold()
      this.owner.onUpdates(updates)
    }
  }

  onClosed(): void {
    this.end('closed')
  }

  /** Sends messages of a running session. */
  send(messages: readonly BgpMessage[], periodic = false): void {
    this.owner.count(messages, periodic)
    this.connection?.send(this.side, messages, this.negotiated?.addPath ?? false)
  }

  /** Ends with a NOTIFICATION. */
  fail(code: number, subcode: number): void {
    if (this.connection === undefined) return
    this.send([{ kind: 'notification', code, subcode, data: new Uint8Array() }])
    this.end(code === BGP_ERROR.cease ? 'cease' : 'error')
  }

  /** Shuts down in order. */
  shutDown(): void {
    this.fail(BGP_ERROR.cease, BGP_CEASE.administrativeShutdown)
  }

  /** Ends as a process does that is killed: its kernel closes the connection. */
  drop(): void {
    this.end('stopped')
  }

  /** Ends without anybody told. */
  vanish(): void {
    this.connection?.vanish(this.side)
    this.connection = undefined
    this.rest()
  }

  private receive(message: Exclude<BgpMessage, { kind: 'update' }>): void {
    if (message.kind === 'notification') {
      this.end(message.code === BGP_ERROR.cease ? 'cease' : 'error')
      return
    }
    if (message.kind === 'open') {
      if (this.state !== 'open-sent') this.fail(BGP_ERROR.finiteStateMachine, 0)
      else this.receiveOpen(message)
      return
    }
    if (this.state === 'open-confirm') {
      this.state = 'established'
      this.owner.onEstablished(this)
    }
    this.restartHold()
  }

  private receiveOpen(open: BgpOpen): void {
    const answer = this.owner.accept(open)
    if ('code' in answer) {
      this.fail(answer.code, answer.subcode)
      return
    }
    if (!this.owner.wins(this, open)) {
      this.fail(BGP_ERROR.cease, BGP_CEASE.connectionCollision)
      return
    }
    this.negotiated = answer
    this.state = 'open-confirm'
    this.sendKeepalive(false)
    this.restartHold()
  }

  private sendKeepalive(periodic: boolean): void {
    this.send([{ kind: 'keepalive' }], periodic)
    const seconds = this.negotiated!.keepaliveSeconds
    if (seconds > 0) this.keepaliveTimer.start(this.owner.random.jittered(seconds * SECOND_NS))
  }

  /**
   * The hold time begins again with every message. BIRD lets it end up to a quarter early; here it runs its full time, the
   * longest that routes of a silent neighbour can stay.
   */
  private restartHold(): void {
    const seconds = this.negotiated!.holdSeconds
    if (seconds > 0) this.holdTimer.start(seconds * SECOND_NS)
    else this.holdTimer.stop()
  }

  private end(reason: EndReason): void {
    const wasEstablished = this.state === 'established'
    this.connection?.close(this.side)
    this.connection = undefined
    this.rest()
    this.owner.onEnd(this, wasEstablished, reason)
  }

  private rest(): void {
    this.state = 'idle'
    this.holdTimer.stop()
    this.keepaliveTimer.stop()
  }
}
