import { SECOND_NS } from '#shared/units/index'

import type { Channel } from './channel'
import type { PeerConfig } from './config'
import { dial, type Connection, type Dial } from './connection'
import { Timer, type EventLoop } from './event-loop'
import type { Random } from './random'
import type { SessionSpeaker } from './session-speaker'

/** A session as far as connecting to its neighbour goes. */
interface DiallingSession<Session> {
  readonly loop: EventLoop
  readonly random: Random
  readonly config: PeerConfig
  readonly speaker: SessionSpeaker<Session>
  pathDelay(peer: number): number | undefined
}

/** Connects a session's channel to its neighbour: after a delay, then again and again until there is an answer. */
export class Dialler<Session> {
  private readonly session: DiallingSession<Session>
  private readonly channel: Channel
  private readonly onRefused: () => void
  private readonly timer: Timer
  private attempt: Dial | undefined

  constructor(session: DiallingSession<Session>, channel: Channel, onRefused: () => void) {
    this.session = session
    this.channel = channel
    this.onRefused = onRefused
    this.timer = new Timer(session.loop, () => this.connect())
  }

  /** Waits, then connects. Requires: the channel is idle. */
  start(): void {
    this.channel.state = 'active'
    // BIRD waits a second where it is told not to wait.
    this.wait(Math.max(1, this.session.speaker.config.timers.connectDelay))
  }

  /** Gives up; the channel is idle again, unless it has its connection. */
  stop(): void {
    this.timer.stop()
    this.attempt?.cancel()
    this.attempt = undefined
    if (this.channel.state === 'active' || this.channel.state === 'connect') this.channel.state = 'idle'
  }

  private wait(seconds: number): void {
    this.timer.start(this.session.random.jittered(seconds * SECOND_NS))
  }

  private connect(): void {
    const { loop, speaker, config } = this.session
    this.attempt?.cancel()
    const peer = speaker.find(config.address)
    this.channel.state = 'connect'
    this.wait(speaker.config.timers.connectRetry)
    if (peer === undefined) return
    this.attempt = dial(
      loop,
      () => this.session.pathDelay(peer.number),
      () => peer.answer(speaker, config),
      (answer) => this.onAnswer(answer),
    )
  }

  private onAnswer(connection: Connection | false): void {
    this.timer.stop()
    this.attempt = undefined
    this.channel.state = 'idle'
    if (connection === false) this.onRefused()
    else this.channel.begin(connection)
  }
}
