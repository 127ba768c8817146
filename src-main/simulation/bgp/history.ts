import type { EventLoop } from './event-loop'
import { isAsGood, type PrefixKey, type Route, type RouteTable } from './route'

/** A speaker as far as its history goes. */
interface RememberedSpeaker {
  readonly number: number
  readonly loop: EventLoop
  readonly table: RouteTable
  readonly sessions: readonly RememberedSession[]
}

/** A session as far as its history goes. */
interface RememberedSession {
  readonly number: number
  readonly loop: EventLoop
  readonly state: string
  readonly speaker: { readonly number: number }
}

/** A path as it was at a time. */
export interface KnownPath extends Readonly<Pick<Route, 'kind' | 'session' | 'attributes' | 'stale'>> {
  /** Among those that the kernel's route was made of. */
  readonly used: boolean
}

/** The paths to a prefix from a time on, best first; none where it is not known any more. */
export interface PathsChange {
  readonly atNs: number
  readonly key: PrefixKey
  readonly paths: readonly KnownPath[]
}

/** The state of a session from a time on: that of RFC 4271. */
export interface StateChange {
  readonly atNs: number
  readonly session: number
  readonly state: string
}

/** What speakers knew and how their sessions were, from a time on. */
export class SpeakerHistory {
  /** Per speaker, in order of time; the first of each prefix and session is how things stood at the beginning. */
  readonly paths: readonly PathsChange[][]
  readonly states: readonly StateChange[][]
  private started = false

  constructor(speakers: number) {
    this.paths = Array.from({ length: speakers }, () => [])
    this.states = Array.from({ length: speakers }, () => [])
  }

  /** Takes down how things stand, and from now on what changes. */
  start(speakers: readonly RememberedSpeaker[]): void {
    this.started = true
    for (const speaker of speakers) {
      for (const key of speaker.table.prefixes) this.onPaths(speaker, key)
      for (const session of speaker.sessions) this.onState(session)
    }
  }

  /** The routes of a speaker to a prefix may have changed. */
  onPaths({ number, table, loop }: RememberedSpeaker, key: PrefixKey): void {
    if (!this.started) return
    const routes = table.to(key)
    const paths = routes.map(({ kind, session, attributes, stale, gateway }, index) => ({
      kind, session, attributes, stale,
      used: index === 0 ? kind !== 'bgp' || gateway !== undefined : isAsGood(routes[0]!, routes[index]!),
    }))
    this.paths[number]!.push({ atNs: loop.nowNs, key, paths })
  }

  /** The state of a session may have changed. */
  onState({ number: session, speaker, state, loop }: RememberedSession): void {
    if (this.started) this.states[speaker.number]!.push({ atNs: loop.nowNs, session, state })
  }
}
