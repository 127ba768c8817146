import { ipv4PrefixCovers, type Ipv4Address } from '#shared/units/index'

import type { SpeakerConfig } from './config'
import type { EventLoop } from './event-loop'
import { isAsGood, prefixKey, prefixOfKey, type PrefixKey, type RouteTable } from './route'

/** A row of the kernel's routing table. */
export type FibEntry =
  | { readonly kind: 'blackhole' }
  /** On a subnet of the host itself. */
  | { readonly kind: 'connected' }
  /** Through one gateway, or several among which flows are spread. */
  | { readonly kind: 'via'; readonly gateways: readonly Ipv4Address[] }

/** A change of a row: `entry` is undefined where it went. */
export interface FibChange {
  readonly atNs: number
  readonly speaker: number
  readonly key: PrefixKey
  readonly entry: FibEntry | undefined
}

/** The speaker on a kernel's host. */
export interface KernelOwner {
  readonly config: SpeakerConfig
  readonly number: number
  readonly loop: EventLoop
  readonly table: RouteTable
  readonly alive: boolean
  readonly recovering: boolean
}

/** Time from a change in the speaker's table to the kernel's, ns: BIRD writes within a millisecond. */
const PROGRAM_NS = 500_000
const DEFAULT_ROUTE: PrefixKey = 0

/** The kernel's routing table of a speaker's host. It outlives the speaker's process. */
export class Kernel {
  readonly rows = new Map<PrefixKey, FibEntry>()
  /** Every change, in order. */
  readonly changes: FibChange[] = []
  private readonly speaker: KernelOwner
  private readonly touched = new Set<PrefixKey>()
  private scheduled: (() => void) | undefined

  constructor(speaker: KernelOwner) {
    this.speaker = speaker
    this.boot()
  }

  /** A prefix may have changed in the speaker's table. */
  touch(key: PrefixKey): void {
    this.touched.add(key)
    if (!this.speaker.recovering) this.schedule()
  }

  /** Compares all rows with the speaker's table. */
  syncAll(): void {
    for (const key of this.rows.keys()) this.touched.add(key)
    for (const key of this.speaker.table.prefixes) this.touched.add(key)
    this.schedule()
  }

  /** The speaker's process ended: rows stay as they are. */
  pause(): void {
    this.scheduled?.()
    this.scheduled = undefined
    this.touched.clear()
  }

  /** The host started: only its own subnets and its default route are there. */
  reset(): void {
    this.pause()
    for (const key of this.rows.keys()) this.set(key, undefined)
    if (this.speaker.alive) this.boot()
  }

  private boot(): void {
    const { interfaces, defaultGateway } = this.speaker.config
    for (const { prefix } of interfaces) this.set(prefixKey(prefix), { kind: 'connected' })
    if (defaultGateway !== undefined) this.set(DEFAULT_ROUTE, { kind: 'via', gateways: [defaultGateway] })
  }

  private schedule(): void {
    this.scheduled ??= this.speaker.loop.after(PROGRAM_NS, () => {
      this.scheduled = undefined
      for (const key of this.touched) if (key !== DEFAULT_ROUTE) this.sync(key)
      this.touched.clear()
    })
  }

  private sync(key: PrefixKey): void {
    const entry = this.wanted(key)
    const present = this.rows.get(key)
    if (!sameEntry(present, entry)) this.set(key, entry)
  }

  private wanted(key: PrefixKey): FibEntry | undefined {
    const routes = this.speaker.table.to(key)
    const [best] = routes
    if (best === undefined) return undefined
    if (best.kind === 'direct') return { kind: 'connected' }
    // A borrowed address is a pod's, whose own route is not the speaker's.
    if (best.kind === 'static') return key % 64 === 32 ? undefined : { kind: 'blackhole' }
    if (best.gateway === undefined || !this.isProgrammed(key)) return undefined
    const gateways = routes.filter((route) => route === best || isAsGood(best, route)).map(({ gateway }) => gateway!)
    return { kind: 'via', gateways: [...new Set(gateways)].toSorted((a, b) => a - b) }
  }

  private isProgrammed(key: PrefixKey): boolean {
    const { pools, programsPools } = this.speaker.config
    return programsPools || !pools.some(({ cidr }) => ipv4PrefixCovers(cidr, prefixOfKey(key)))
  }

  private set(key: PrefixKey, entry: FibEntry | undefined): void {
    if (entry === undefined) this.rows.delete(key)
    else this.rows.set(key, entry)
    this.changes.push({ atNs: this.speaker.loop.nowNs, speaker: this.speaker.number, key, entry })
  }
}

function sameEntry(a: FibEntry | undefined, b: FibEntry | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return a === b
  if (a.kind !== 'via' || b.kind !== 'via') return true
  return a.gateways.length === b.gateways.length && a.gateways.every((gateway, index) => gateway === b.gateways[index])
}
