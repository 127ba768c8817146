import { SECOND_NS } from '#shared/units/index'
import type { BgpMessage } from '#shared/wire/bgp/index'

import type { EventLoop } from './event-loop'
import type { ConnectionLog, Side } from './wire-log'

/** One end of a connection as its session sees it. */
export interface ConnectionEnd {
  /** Messages arrived, in the order sent. */
  onMessages(messages: readonly BgpMessage[]): void
  /** The other end closed it, or answers no more. */
  onClosed(): void
}

/** What a connection's packets take one way, ns; undefined while they are lost. */
export type PathDelay = () => number | undefined

/** First retransmission timeout of TCP on a path of little delay, and how often it doubles (net/ipv4/tcp_timer.c), ns. */
const RETRANSMIT_NS = 200_000_000
const RETRANSMIT_DOUBLINGS = 9
/** SYN retransmissions after 1, 3, 7, … seconds (TCP_TIMEOUT_INIT 1 s, doubled). */
const SYN_RETRIES_NS = [0, 1, 3, 7, 15, 31, 63].map((seconds) => seconds * SECOND_NS)

/**
 * A TCP connection between two speakers: messages arrive in order after the path's delay; while the path is broken they
 * wait and are sent again at growing intervals. An end that is closed answers with a reset.
 */
export class Connection {
  private readonly loop: EventLoop
  private readonly pathDelay: PathDelay
  private readonly ends: [ConnectionEnd | undefined, ConnectionEnd | undefined] = [undefined, undefined]
  private readonly waiting: [BgpMessage[], BgpMessage[]] = [[], []]
  /** What arrived before a session took the end; undefined from then on. */
  private readonly early: [BgpMessage[] | undefined, BgpMessage[] | undefined] = [[], []]
  private readonly retrying: [boolean, boolean] = [false, false]
  private readonly finPending: [boolean, boolean] = [false, false]
  private readonly log: ConnectionLog | undefined

  constructor(loop: EventLoop, pathDelay: PathDelay, log?: ConnectionLog) {
    this.log = log
    this.loop = loop
    this.pathDelay = pathDelay
  }

  /** Puts a session behind an end. */
  attach(side: Side, end: ConnectionEnd): void {
    this.ends[side] = end
    const early = this.early[side]!
    this.early[side] = undefined
    if (early.length > 0) this.loop.after(0, () => end.onMessages(early))
  }

  /** Sends messages, together as far as the path lets them; `addPath` is how their routes are written. */
  send(side: Side, messages: readonly BgpMessage[], addPath: boolean): void {
    this.log?.sent(this.loop.nowNs, side, messages, addPath, this.isBroken(side))
    this.waiting[side].push(...messages)
    if (!this.retrying[side]) this.transmit(side, 0)
  }

  /** Closes an end: what was sent before still goes out, then the other end learns of it. Nothing more arrives here. */
  close(side: Side): void {
    if (this.ends[side] === undefined) return
    this.ends[side] = undefined
    this.log?.noted(this.loop.nowNs, side, 'close', this.isBroken(side))
    this.finPending[side] = true
    if (!this.retrying[side]) this.transmit(side, 0)
  }

  /** Ends without a word: the host is gone. */
  vanish(side: Side): void {
    this.ends[side] = undefined
    this.waiting[side].length = 0
  }

  /** Whether what an end sends now is lost, or waits behind what was. */
  private isBroken(side: Side): boolean {
    return this.retrying[side] || this.pathDelay() === undefined
  }

  private transmit(side: Side, attempt: number): void {
    const other: Side = side === 0 ? 1 : 0
    const delay = this.pathDelay()
    if (attempt > 0) this.log?.noted(this.loop.nowNs, side, 'again', delay === undefined)
    if (delay === undefined) {
      this.retrying[side] = true
      if (attempt > RETRANSMIT_DOUBLINGS) return
      this.loop.after(RETRANSMIT_NS * 2 ** attempt, () => this.transmit(side, attempt + 1))
      return
    }
    this.retrying[side] = false
    const messages = this.waiting[side].splice(0)
    const fin = this.finPending[side]
    this.loop.after(delay, () => this.deliver(other, messages, fin, delay))
  }

  private deliver(side: Side, messages: readonly BgpMessage[], fin: boolean, delay: number): void {
    const early = this.early[side]
    if (early !== undefined && !fin) {
      early.push(...messages)
      return
    }
    const end = this.ends[side]
    if (end === undefined) {
      // Nobody listens: a reset goes back.
      this.log?.noted(this.loop.nowNs, side, 'reset', this.pathDelay() === undefined)
      this.loop.after(delay, () => this.closeFromAfar(side === 0 ? 1 : 0))
      return
    }
    if (messages.length > 0) end.onMessages(messages)
    if (fin) this.closeFromAfar(side)
  }

  private closeFromAfar(side: Side): void {
    const end = this.ends[side]
    this.ends[side] = undefined
    end?.onClosed()
  }
}

/** An attempt to connect that goes on until it is answered or called off. */
export interface Dial {
  readonly cancel: () => void
}

/** An end that has been given up before it was used. */
const NOBODY: ConnectionEnd = { onMessages: () => undefined, onClosed: () => undefined }

/**
 * Sends SYNs until an answer comes. `answer` is asked when a SYN arrives: a connection accepts, false refuses, undefined
 * says nothing (the signature is wrong).
 */
export function dial(
  loop: EventLoop,
  pathDelay: PathDelay,
  answer: () => Connection | false | undefined,
  onAnswer: (answer: Connection | false) => void,
): Dial {
  let over = false
  let calledOff = false
  const cancels = SYN_RETRIES_NS.map((wait) =>
    loop.after(wait, () => {
      const delay = pathDelay()
      if (over || delay === undefined) return
      loop.after(delay, () => {
        const answered = over ? undefined : answer()
        if (answered === undefined) return
        over = true
        loop.after(delay, () => {
          if (!calledOff) onAnswer(answered)
          else if (answered !== false) giveUp(answered)
        })
      })
    }),
  )
  return {
    cancel: () => {
      over = true
      calledOff = true
      for (const cancel of cancels) cancel()
    },
  }
}

function giveUp(connection: Connection): void {
  connection.attach(0, NOBODY)
  connection.close(0)
}
