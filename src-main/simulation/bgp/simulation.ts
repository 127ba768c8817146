import type { Ipv4Address } from '#shared/units/index'
import type { BgpMessage } from '#shared/wire/bgp/index'

import { AttributeTable } from './attributes'
import type { BgpEvent, SpeakerConfig } from './config'
import { EventLoop } from './event-loop'
import { SpeakerHistory } from './history'
import type { FibChange, FibEntry } from './kernel'
import type { SpeakerNetwork } from './network'
import { Random } from './random'
import type { PrefixKey, Route } from './route'
import type { Session } from './session'
import type { MessageCounts } from './session-speaker'
import { Speaker, type SpeakerContext } from './speaker'
import { WireLog } from './wire-log'

/** Daemons of one start are up within this, ns. */
const START_SPREAD_NS = 20_000_000

/** A message as it was sent. */
export interface SentMessage {
  readonly atNs: number
  readonly from: Ipv4Address
  readonly to: Ipv4Address
  readonly addPath: boolean
  readonly message: BgpMessage
}

/** How to simulate. */
export interface BgpOptions {
  readonly seed: number
  /** Keeps every message sent. */
  readonly record?: boolean
  /** Keeps what is put on the wire, as bytes. */
  readonly wire?: boolean
  /** Keeps what speakers know and how their sessions are from this time on, ns. */
  readonly historyFromNs?: number
}

/** Speakers with a network between them, over time. */
export class BgpSimulation {
  readonly loop = new EventLoop()
  readonly speakers: readonly Speaker[]
  /** Every message sent, where they are recorded. */
  readonly messages: SentMessage[] = []
  /** What was put on the wire, where it is kept. */
  readonly wire: WireLog | undefined
  /** What speakers knew over time, where it is kept. */
  readonly history: SpeakerHistory
  private readonly byAddress = new Map<Ipv4Address, Speaker>()

  constructor(configs: readonly SpeakerConfig[], network: SpeakerNetwork, options: BgpOptions) {
    const record = options.record ?? false
    this.history = new SpeakerHistory(configs.length)
    this.wire = options.wire === true ? new WireLog() : undefined
    if (options.historyFromNs !== undefined) this.loop.at(options.historyFromNs, () => this.history.start(this.speakers))
    const context: SpeakerContext = {
      loop: this.loop,
      network,
      attributes: new AttributeTable(),
      find: (address) => this.byAddress.get(address),
      onSent: (session, sent) => {
        if (record) this.note(session, sent)
      },
      history: this.history,
      wire: this.wire,
    }
    const random = new Random(options.seed)
    this.speakers = configs.map((config, number) => {
      const own = new Random(Math.imul(options.seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b))
      return new Speaker(context, config, number, own)
    })
    for (const speaker of this.speakers) {
      for (const { address } of speaker.config.interfaces) this.byAddress.set(address, speaker)
      this.loop.at(random.between(0, START_SPREAD_NS), () => speaker.start(false))
    }
  }

  /** Schedules an event at a time, ns. */
  schedule(atNs: number, event: BgpEvent): void {
    this.loop.at(atNs, () => this.apply(event))
  }

  /** Goes on to a time, ns. */
  runUntil(atNs: number): void {
    this.loop.runUntil(atNs)
  }

  /** All changes of kernel routes so far, in order. */
  changes(): FibChange[] {
    return this.speakers.flatMap(({ kernel }) => kernel.changes).toSorted((a, b) => a.atNs - b.atNs)
  }

  /** A speaker's kernel routes as they were at a time, ns. */
  fibAt(speaker: number, atNs: number): Map<PrefixKey, FibEntry> {
    const rows = new Map<PrefixKey, FibEntry>()
    for (const { atNs: when, key, entry } of this.speakers[speaker]!.kernel.changes) {
      if (when > atNs) break
      if (entry === undefined) rows.delete(key)
      else rows.set(key, entry)
    }
    return rows
  }

  /** A speaker's table now: the routes to each prefix, best first. */
  rib(speaker: number): { readonly key: PrefixKey; readonly routes: readonly Route[] }[] {
    const { table } = this.speakers[speaker]!
    return Array.from(table.prefixes, (key) => ({ key, routes: table.to(key) })).toSorted((a, b) => a.key - b.key)
  }

  /** What a speaker has sent since the start, periodic keepalives aside. */
  sentBy(speaker: number): MessageCounts {
    const total: MessageCounts = { OPEN: 0, UPDATE: 0, KEEPALIVE: 0, NOTIFICATION: 0 }
    for (const { sent } of this.speakers[speaker]!.sessions) {
      for (const kind of Object.keys(total) as (keyof MessageCounts)[]) total[kind] += sent[kind]
    }
    return total
  }

  private apply(event: BgpEvent): void {
    if (event.kind === 'network') {
      event.apply()
      for (const speaker of this.speakers) speaker.onNetworkChange()
      return
    }
    const speaker = this.speakers[event.speaker]!
    switch (event.kind) {
      case 'agent-kill':
        speaker.stop('killed')
        return
      case 'agent-stop':
        speaker.stop('in-order')
        return
      case 'agent-start':
        speaker.start(event.recover)
        return
      case 'host-crash':
        speaker.setAlive(false)
        return
      case 'host-return':
        speaker.setAlive(true)
        speaker.start(false)
        return
      case 'peer-config':
        speaker.sessionWith(event.peer)?.setConfigured(event.present)
        return
      case 'own-block':
        speaker.setBlock(event.block, event.present)
        return
      case 'session-reset':
        speaker.sessionWith(event.peer)?.reset()
    }
  }

  private note(session: Session, sent: readonly BgpMessage[]): void {
    const { source, address } = session.config
    const addPath = session.negotiated?.addPath ?? false
    for (const message of sent) this.messages.push({ atNs: this.loop.nowNs, from: source, to: address, addPath, message })
  }
}

