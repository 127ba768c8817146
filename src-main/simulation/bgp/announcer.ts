import type { BgpUpdate } from '#shared/wire/bgp/index'

import { Adverts } from './adverts'
import { Timer, type EventLoop } from './event-loop'
import type { ExportSession } from './export-policy'
import type { Random } from './random'
import type { PrefixKey } from './route'

/** A speaker gathers changes before it sends them: from capture of BIRD, between a change and its UPDATE, ns. */
const GATHER_NS = [200_000, 3_000_000] as const

/** Tells a neighbour what changed, a moment after it did. */
export class Announcer {
  private readonly adverts: Adverts
  private readonly random: Random
  private readonly timer: Timer
  private readonly send: (updates: readonly BgpUpdate[]) => void
  /** Whether the neighbour is told what changes. */
  begun = false
  private endOfRibDue = false

  constructor(session: ExportSession & { readonly loop: EventLoop; readonly random: Random }, send: (updates: readonly BgpUpdate[]) => void) {
    this.adverts = new Adverts(session)
    this.random = session.random
    this.timer = new Timer(session.loop, () => this.flush())
    this.send = send
  }

  /** A session came up: everything is news; where restarts are graceful, an End-of-RIB says when all was told. */
  begin(addPath: boolean, prefixes: Iterable<PrefixKey>, endOfRib: boolean): void {
    this.begun = true
    this.adverts.begin(addPath, prefixes)
    this.endOfRibDue = endOfRib
    this.schedule()
  }

  /** A prefix may have changed; before the beginning that is no news. */
  touch(key: PrefixKey): void {
    if (!this.begun) return
    this.adverts.touch(key)
    this.schedule()
  }

  /** The session is over: nothing is due, nothing told. */
  stop(): void {
    this.begun = false
    this.timer.stop()
    this.adverts.clear()
  }

  private schedule(): void {
    if (!this.timer.running) this.timer.start(this.random.between(...GATHER_NS))
  }

  private flush(): void {
    const updates = this.adverts.updates()
    if (this.endOfRibDue) updates.push({ kind: 'update', withdrawn: [], announced: [] })
    this.endOfRibDue = false
    if (updates.length > 0) this.send(updates)
  }
}
