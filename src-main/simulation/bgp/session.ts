import { formatIpv4Address, SECOND_NS, type Ipv4Prefix } from '#shared/units/index'
import { BGP_ERROR, type BgpMessage, type BgpOpen, type BgpUpdate } from '#shared/wire/bgp/index'

import { Announcer } from './announcer'
import { Channel, type ChannelOwner, type EndReason, type Negotiated } from './channel'
import type { PeerConfig } from './config'
import { Connection } from './connection'
import { Dialler } from './dialler'
import { ErrorWait } from './error-wait'
import { Timer, type EventLoop } from './event-loop'
import { negotiate, openMessage } from './open-message'
import { decisionOf } from './prefix-rules'
import type { Random } from './random'
import type { MessageCounts, SessionSpeaker } from './session-speaker'
import type { ConnectionLog } from './wire-log'

/** How far a session is, whatever its connections do. */
type Phase = 'down' | 'waiting' | 'start' | 'up'

/**
 * A speaker's session with one neighbour, by the rules of BIRD's BGP: it waits, connects or is connected to, settles
 * collisions, exchanges routes, and comes back after it ended.
 */
export class Session implements ChannelOwner {
  readonly config: PeerConfig
  readonly speaker: SessionSpeaker<Session>
  readonly number: number
  readonly internal: boolean
  readonly loop: EventLoop
  readonly random: Random
  /** Sent so far; keepalives of the timer counted apart. */
  readonly sent: MessageCounts = { OPEN: 0, UPDATE: 0, KEEPALIVE: 0, NOTIFICATION: 0 }
  periodicKeepalives = 0
  /** The interface that a direct session is bound to; −1 for others. */
  readonly interfaceIndex: number
  private phase: Phase = 'down'
  /** Whether the speaker's configuration names the neighbour. */
  private configured = true
  private readonly outgoing: Channel
  private readonly incoming: Channel
  private current: Channel | undefined
  private readonly dialler: Dialler<Session>
  private readonly announcer: Announcer
  private readonly errorWait: ErrorWait
  private readonly startTimer: Timer
  private readonly restartTimer: Timer
  private readonly bfdTimer: Timer

  constructor(speaker: SessionSpeaker<Session>, config: PeerConfig, number: number) {
    this.speaker = speaker
    this.config = config
    this.number = number
    this.loop = speaker.loop
    this.random = speaker.random
    this.internal = config.asn === speaker.config.asn
    this.interfaceIndex = config.direct ? speaker.interfaceOf(config.address) : -1
    this.outgoing = new Channel(this, 0)
    this.incoming = new Channel(this, 1)
    this.dialler = new Dialler<Session>(this, this.outgoing, () => this.decide())
    this.announcer = new Announcer(this, (updates) => this.current?.send(updates))
    this.errorWait = new ErrorWait(speaker.config.timers.errorWait)
    this.startTimer = new Timer(this.loop, () => this.initiate())
    this.restartTimer = new Timer(this.loop, () => this.forgetStale())
    this.bfdTimer = new Timer(this.loop, () => this.current?.drop())
  }

  /** State for people: that of RFC 4271. */
  get state(): string {
    if (this.current) return 'Established'
    if (this.phase === 'down' || this.phase === 'waiting') return 'Idle'
    const { state } = this.incoming.state === 'idle' ? this.outgoing : this.incoming
    const names = { idle: 'Active', active: 'Active', connect: 'Connect', 'open-sent': 'OpenSent', 'open-confirm': 'OpenConfirm', established: 'Established' }
    return names[state]
  }

  /** The segment that a direct session is bound to. */
  private get segment(): number | undefined {
    return this.speaker.config.interfaces[this.interfaceIndex]?.segment
  }

  /** What was negotiated, while the session is up. */
  get negotiated(): Negotiated | undefined {
    return this.current?.negotiated
  }

  /** The speaker's configuration names the neighbour from now on, or no more. */
  setConfigured(configured: boolean): void {
    this.configured = configured
    if (!configured) this.halt('in-order')
    else if (this.speaker.running && this.phase === 'down') this.start()
  }

  /** Begins, when the speaker starts. */
  start(): void {
    if (!this.configured) return
    const waitSeconds = this.errorWait.seconds
    if (!this.hasCarrier()) {
      this.enter('waiting')
    } else if (waitSeconds > 0) {
      this.enter('waiting')
      this.startTimer.start(this.random.jittered(waitSeconds * SECOND_NS))
    } else {
      this.initiate()
    }
  }

  /** Ends for good: the process ends. `how` it does: in order, killed, or with the whole host. */
  halt(how: 'in-order' | 'killed' | 'crashed'): void {
    this.enter('down')
    for (const timer of [this.startTimer, this.restartTimer, this.bfdTimer]) timer.stop()
    this.dialler.stop()
    for (const channel of [this.outgoing, this.incoming]) {
      if (how === 'crashed') channel.vanish()
      else if (how === 'in-order') channel.shutDown()
      else channel.drop()
    }
    this.current = undefined
    this.errorWait.forget()
    this.announcer.stop()
  }

  /** Closes the session with Cease; it comes back by itself. */
  reset(): void {
    this.current?.shutDown()
  }

  /** The carrier of the interface came or went. */
  onCarrier(carrier: boolean): void {
    if (carrier && this.phase === 'waiting' && !this.startTimer.running) this.start()
    if (carrier || this.phase === 'down') return
    this.startTimer.stop()
    if (this.current !== undefined) this.errorWait.note(this.loop.nowNs)
    // The neighbour learns of it once frames get through again; what was kept for its restart goes too.
    this.enter('waiting')
    this.dialler.stop()
    for (const channel of [this.outgoing, this.incoming]) channel.shutDown()
    this.lose()
  }

  /** The path to the neighbour changed: BFD notices when it is broken for long enough. */
  onPathChange(): void {
    const { bfd, address } = this.config
    if (bfd === undefined || this.current === undefined) return
    if (this.speaker.reaches(address, this.segment)) this.bfdTimer.stop()
    else if (!this.bfdTimer.running) this.bfdTimer.start(bfd.intervalSeconds * bfd.multiplier * SECOND_NS)
  }

  /** A neighbour connects: its connection, false where it is refused, undefined where nothing is said. */
  onConnectionRequest(from: SessionSpeaker<Session>, password: string | undefined): Connection | false | undefined {
    if (password !== this.config.password) return undefined
    if (this.phase !== 'start' && this.phase !== 'up') return false
    if (this.incoming.state !== 'idle') return false
    // An established neighbour that connects anew has restarted.
    if (this.current && this.keepsRoutes(this.current)) this.current.onClosed()
    const connection = new Connection(this.loop, () => this.pathDelay(from.number), this.logOf(from))
    this.incoming.begin(connection)
    return connection
  }

  /** The log of a connection that is accepted, where one is kept: its SYN left a way's time ago. */
  private logOf(from: SessionSpeaker<Session>): ConnectionLog | undefined {
    const { address, source, direct } = this.config
    const delayNs = this.pathDelay(from.number) ?? 0
    return this.speaker.wire?.open({ addresses: [address, source], openedNs: this.loop.nowNs - delayNs, delayNs, isDirect: direct })
  }

  /** One-way delay to the neighbour, a speaker by number, ns; undefined while packets are lost. */
  pathDelay(peer: number): number | undefined {
    const { network, number } = this.speaker
    return network.delayNs(number, peer, this.segment)
  }

  open(): BgpOpen {
    const { config, recovering } = this.speaker
    return openMessage(config, this.config, recovering)
  }

  accept(open: BgpOpen): { code: number; subcode: number } | Negotiated {
    return negotiate(this.speaker.config, this.config, open)
  }

  wins(channel: Channel, remote: BgpOpen): boolean {
    const other = channel === this.outgoing ? this.incoming : this.outgoing
    switch (other.state) {
      case 'idle':
        return true
      case 'active':
      case 'connect':
        this.dialler.stop()
        return true
      case 'established':
        return false
      default: {
        // The connection of the speaker with the higher identifier stays (RFC 4271, section 6.8).
        const stays = this.speaker.config.routerId < remote.identifier === (channel === this.incoming)
        if (stays) other.fail(BGP_ERROR.cease, 7)
        return stays
      }
    }
  }

  onEstablished(channel: Channel): void {
    if (channel === this.incoming && this.outgoing.state !== 'idle') this.dialler.stop()
    this.current = channel
    this.enter('up')
    this.restartTimer.stop()
    if (!this.peerKeptForwarding(channel)) this.forgetStale()
    // Only a neighbour that kept the routes of a speaker which recovers is waited for, and hears nothing before.
    if (!this.keptOurRoutes(channel)) this.speaker.onEndOfRib(this)
    if (!this.speaker.recovering || !this.keptOurRoutes(channel)) this.announce()
    this.onPathChange()
  }

  /** Tells the neighbour all there is to tell, unless that has been done. */
  announce(): void {
    if (this.current === undefined || this.announcer.begun) return
    this.announcer.begin(this.current.negotiated!.addPath, this.speaker.table.prefixes, this.speaker.config.gracefulRestart)
  }

  onUpdates(updates: readonly BgpUpdate[]): void {
    for (const update of updates) {
      if (update.announced.length === 0 && update.withdrawn.length === 0) {
        this.forgetStale()
        this.speaker.onEndOfRib(this)
      } else {
        this.speaker.learn(this, update)
      }
    }
  }

  onEnd(channel: Channel, wasEstablished: boolean, reason: EndReason): void {
    if (this.phase === 'down') return
    if (reason === 'error') this.errorWait.note(this.loop.nowNs)
    if (!wasEstablished) {
      if (reason === 'error') this.restart()
      else this.decide()
      return
    }
    if (reason === 'closed' && this.keepsRoutes(channel)) {
      this.endSession()
      this.enter('start')
      // What it has not told again since its last restart is not kept over another.
      this.forgetStale()
      this.speaker.markStale(this)
      this.restartTimer.start(this.peerRestartSeconds(channel) * SECOND_NS)
      this.decide()
    } else {
      this.lose()
      this.restart()
    }
  }

  /** The state of one of its connections changed. */
  onChannelState(): void {
    this.speaker.onState(this)
  }

  count(messages: readonly BgpMessage[], periodic: boolean): void {
    if (periodic) this.periodicKeepalives += messages.length
    else for (const { kind } of messages) this.sent[COUNTER[kind]]++
    this.speaker.onSent(this, messages)
  }

  /** A prefix changed in the speaker's table. */
  onTableChange(key: number): void {
    this.announcer.touch(key)
  }

  /** What the neighbour's filters say about a route; undefined where nothing. */
  decision(direction: 'import' | 'export', prefix: Ipv4Prefix, isLearned: boolean): 'Accept' | 'Reject' | undefined {
    return decisionOf(direction === 'import' ? this.config.importFilter : this.config.exportFilter, prefix, isLearned)
  }

  private enter(phase: Phase): void {
    this.phase = phase
    this.speaker.onState(this)
  }

  private initiate(): void {
    this.enter('start')
    this.decide()
  }

  private hasCarrier(): boolean {
    return this.interfaceIndex < 0 || this.speaker.hasCarrier(this.interfaceIndex)
  }

  /** Waits to connect, unless something is under way. */
  private decide(): void {
    if (this.phase !== 'start' || this.config.passive) return
    if (this.outgoing.state !== 'idle' || this.incoming.state === 'open-confirm') return
    this.dialler.start()
  }

  private restart(): void {
    this.dialler.stop()
    for (const channel of [this.outgoing, this.incoming]) channel.drop()
    this.start()
  }

  /** The session is over and its routes with it. */
  private lose(): void {
    this.endSession()
    this.restartTimer.stop()
    this.speaker.forget(this, () => true)
  }

  private endSession(): void {
    this.current = undefined
    this.speaker.onState(this)
    this.announcer.stop()
    this.bfdTimer.stop()
  }

  private forgetStale(): void {
    this.speaker.forget(this, ({ stale }) => stale)
  }

  /** Whether routes stay when the neighbour's process dies: both speak graceful restart. */
  private keepsRoutes(channel: Channel): boolean {
    return this.speaker.config.gracefulRestart && restartOf(channel)?.families.length === 1
  }

  /** Whether the neighbour has kept the routes of this speaker, should that have restarted: it offers to, and has not itself. */
  private keptOurRoutes(channel: Channel): boolean {
    return restartOf(channel)?.restarted === false
  }

  private peerRestartSeconds(channel: Channel): number {
    return restartOf(channel)?.restartSeconds ?? 0
  }

  private peerKeptForwarding(channel: Channel): boolean {
    return restartOf(channel)?.families[0]?.forwarding ?? false
  }

  /** For people. */
  toString(): string {
    return `${this.speaker.config.name} to ${formatIpv4Address(this.config.address)}`
  }
}

const COUNTER = { open: 'OPEN', update: 'UPDATE', keepalive: 'KEEPALIVE', notification: 'NOTIFICATION' } as const

function restartOf(channel: Channel) {
  return channel.negotiated?.remote.capabilities.find((capability) => capability.kind === 'graceful-restart')
}
