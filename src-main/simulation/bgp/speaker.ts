import { ipv4Prefix, ipv4PrefixContains, SECOND_NS, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'
import type { BgpMessage, BgpUpdate } from '#shared/wire/bgp/index'

import { ownAttributes, type AttributeTable, type PathAttributes } from './attributes'
import type { PeerConfig, SpeakerConfig } from './config'
import type { Connection } from './connection'
import { Timer, type EventLoop } from './event-loop'
import type { SpeakerHistory } from './history'
import { Kernel } from './kernel'
import type { SpeakerNetwork } from './network'
import type { Random } from './random'
import { prefixKey, RouteTable, type PrefixKey, type Route } from './route'
import { Session } from './session'
import type { SessionSpeaker } from './session-speaker'
import type { WireLog } from './wire-log'

/** What speakers share. */
export interface SpeakerContext {
  readonly loop: EventLoop
  readonly network: SpeakerNetwork
  readonly attributes: AttributeTable
  /** The speaker that has an address. */
  readonly find: (address: Ipv4Address) => Speaker | undefined
  readonly onSent: (session: Session, messages: readonly BgpMessage[]) => void
  readonly history: SpeakerHistory
  readonly wire: WireLog | undefined
}

/** How long a speaker that recovers waits for its neighbours' End-of-RIB (BIRD: graceful restart wait). */
const RECOVERY_SECONDS = 240
/** BIRD numbers what feeds a table as its configuration lists it: kernel, device, direct, static, then sessions. */
const STATIC_PATH_ID = 4
const SESSION_PATH_ID = 5
/** To a next hop that is not on a subnet of the host; there is no metric inside. */
const UNKNOWN_METRIC = 0xffffffff
const NO_WAY = { gateway: undefined, igpMetric: UNKNOWN_METRIC } as const
/** Path identifiers of a session's routes are told apart by this. */
const PATHS_PER_SESSION = 1024

/** A BGP speaker with its table, its sessions and the kernel it programs. */
export class Speaker implements SessionSpeaker<Session> {
  readonly config: SpeakerConfig
  readonly number: number
  readonly loop: EventLoop
  readonly network: SpeakerNetwork
  readonly random: Random
  readonly attributes: AttributeTable
  readonly find: SpeakerContext['find']
  readonly onSent: SpeakerContext['onSent']
  readonly wire: SpeakerContext['wire']
  private readonly history: SpeakerHistory
  readonly sessions: readonly Session[]
  readonly kernel: Kernel
  table = new RouteTable()
  running = false
  /** The host is up. */
  alive = true
  /** It has restarted and keeps the kernel's routes until it knows its own. */
  recovering = false
  private readonly recoveryTimer: Timer
  private readonly awaited = new Set<Session>()
  /** Own blocks that its configuration has; others of {@link SpeakerConfig.blocks} are claimed later. */
  private blocks: readonly Ipv4Prefix[]

  constructor(context: SpeakerContext, config: SpeakerConfig, number: number, random: Random) {
    this.config = config
    this.number = number
    this.loop = context.loop
    this.network = context.network
    this.attributes = context.attributes
    this.find = context.find
    this.onSent = context.onSent
    this.history = context.history
    this.wire = context.wire
    this.random = random
    this.blocks = config.blocks
    this.kernel = new Kernel(this)
    this.sessions = config.peers.map((peer, index) => new Session(this, peer, index))
    this.recoveryTimer = new Timer(this.loop, () => this.finishRecovery())
  }

  /** Starts the process. */
  start(recover: boolean): void {
    if (this.running || !this.alive) return
    this.running = true
    this.recovering = recover && this.config.gracefulRestart
    if (this.recovering) {
      for (const session of this.sessions) this.awaited.add(session)
      this.recoveryTimer.start(RECOVERY_SECONDS * SECOND_NS)
    }
    for (const { prefix } of this.config.interfaces) this.originate(prefix, 'direct')
    for (const block of this.blocks) this.originate(block, 'static')
    for (const address of this.config.borrowed) this.originate(ipv4Prefix(address, 32), 'static')
    if (!this.recovering) this.kernel.syncAll()
    for (const session of this.sessions) session.start()
  }

  /** Ends the process; the kernel keeps its routes. */
  stop(how: 'in-order' | 'killed' | 'crashed'): void {
    if (!this.running) return
    this.running = false
    this.recovering = false
    this.recoveryTimer.stop()
    this.awaited.clear()
    for (const session of this.sessions) session.halt(how)
    this.kernel.pause()
    this.emptyTable()
  }

  /** The host goes down without a word, or comes back with an empty kernel. */
  setAlive(alive: boolean): void {
    if (!alive) this.stop('crashed')
    this.alive = alive
    this.kernel.reset()
  }

  /** The configuration gets or loses a block; a daemon that runs announces or withdraws it. */
  setBlock(block: Ipv4Prefix, present: boolean): void {
    const key = prefixKey(block)
    const others = this.blocks.filter((each) => prefixKey(each) !== key)
    this.blocks = present ? [...others, block] : others
    if (!this.running) return
    if (present) this.originate(block, 'static')
    else if (this.table.remove(key, (route) => route.kind === 'static')) this.changed(key)
  }

  /** The session with a neighbour. */
  sessionWith(address: Ipv4Address): Session | undefined {
    return this.sessions.find(({ config }) => config.address === address)
  }

  /** A neighbour connects to this host. */
  answer(from: SessionSpeaker<Session>, asSeenThere: PeerConfig): Connection | false | undefined {
    if (!this.alive) return undefined
    if (!this.running) return false
    const session = this.sessions.find(
      ({ config }) => config.address === asSeenThere.source && config.source === asSeenThere.address,
    )
    return session === undefined ? false : session.onConnectionRequest(from, asSeenThere.password)
  }

  /** Takes the routes of an UPDATE into the table. */
  learn(session: Session, update: BgpUpdate): void {
    for (const { prefix, pathId = 0 } of update.withdrawn) this.withdraw(session, prefix, pathId)
    if (update.attributes === undefined) return
    const attributes = this.attributes.fromWire(update.attributes)
    const accepted = this.accepts(session, attributes)
    for (const { prefix, pathId = 0 } of update.announced) {
      if (accepted && session.decision('import', prefix, true) !== 'Reject') this.adopt(session, prefix, pathId, attributes)
      else this.withdraw(session, prefix, pathId)
    }
  }

  /** Removes routes of a session. */
  forget(session: Session, matches: (route: Route) => boolean): void {
    for (const key of this.table.prefixes) {
      if (this.table.remove(key, (route) => route.session === session.number && matches(route))) this.changed(key)
    }
  }

  /** Keeps the routes of a session whose neighbour restarts, until they are heard of again. */
  markStale(session: Session): void {
    for (const key of this.table.prefixes) {
      for (const route of this.table.to(key)) if (route.session === session.number) route.stale = true
      this.history.onPaths(this, key)
    }
  }

  onEndOfRib(session: Session): void {
    this.awaited.delete(session)
    if (this.recovering && this.awaited.size === 0) this.finishRecovery()
  }

  onState(session: Session): void {
    this.history.onState(session)
  }

  /** Interfaces or paths changed. */
  onNetworkChange(): void {
    if (!this.running) return
    for (const session of this.sessions) {
      if (session.interfaceIndex >= 0) session.onCarrier(this.hasCarrier(session.interfaceIndex))
      session.onPathChange()
    }
  }

  hasCarrier(interfaceIndex: number): boolean {
    return this.network.hasCarrier(this.number, interfaceIndex)
  }

  reaches(address: Ipv4Address, segment?: number): boolean {
    const peer = this.find(address)
    return peer !== undefined && peer.alive && this.network.delayNs(this.number, peer.number, segment) !== undefined
  }

  /** The interface on whose subnet an address is; −1 where there is none. */
  interfaceOf(address: Ipv4Address): number {
    return this.config.interfaces.findIndex(({ prefix }) => ipv4PrefixContains(prefix, address))
  }

  /** The identifier under which a route is announced on sessions with ADD-PATH. */
  pathIdOf({ session, pathId }: Route): number {
    return session < 0 ? STATIC_PATH_ID : SESSION_PATH_ID + session + pathId * PATHS_PER_SESSION
  }

  private accepts({ internal, config }: Session, { asPath, originatorId, clusterList }: PathAttributes): boolean {
    const loops = asPath.filter((asn) => asn === this.config.asn).length
    if (loops > config.allowLocalAs) return false
    if (!internal) return true
    // As in BIRD, a cluster's list is looked at where the neighbour is a client, and again when the route is reflected to one.
    return originatorId !== this.config.routerId && !(config.clusterId !== undefined && clusterList.includes(config.clusterId))
  }

  private adopt(session: Session, prefix: Ipv4Prefix, pathId: number, attributes: PathAttributes): void {
    const key = prefixKey(prefix)
    this.table.put(key, {
      kind: 'bgp',
      session: session.number,
      pathId,
      attributes,
      internal: session.internal,
      routerId: session.negotiated?.remote.identifier ?? 0,
      peer: session.config.address,
      stale: false,
      ...this.wayTo(session, attributes.nextHop),
    })
    this.changed(key)
  }

  private withdraw(session: Session, prefix: Ipv4Prefix, pathId: number): void {
    const key = prefixKey(prefix)
    if (this.table.remove(key, (route) => route.session === session.number && route.pathId === pathId)) this.changed(key)
  }

  /**
   * Where packets for a next hop go, and how far it is: straight there on a subnet of the host, else by whatever leads
   * there; a direct session's next hops have to be on a subnet.
   */
  private wayTo(session: Session, nextHop: Ipv4Address): Pick<Route, 'gateway' | 'igpMetric'> {
    if (this.config.interfaces.some(({ address }) => address === nextHop)) return NO_WAY
    if (this.interfaceOf(nextHop) >= 0) return { gateway: nextHop, igpMetric: 0 }
    if (session.interfaceIndex >= 0) return NO_WAY
    return this.config.tunnelled ? { gateway: nextHop, igpMetric: 0 } : { gateway: this.recursiveGateway(nextHop), igpMetric: UNKNOWN_METRIC }
  }

  /** The gateway of the longest match, which must not itself depend on another route. */
  private recursiveGateway(nextHop: Ipv4Address): Ipv4Address | undefined {
    for (let length = 32; length > 0; length--) {
      const [best] = this.table.to(prefixKey(ipv4Prefix(nextHop, length)))
      if (best === undefined) continue
      return best.kind === 'bgp' && this.sessions[best.session]!.interfaceIndex >= 0 ? best.gateway : undefined
    }
    return this.config.defaultGateway
  }

  private originate(prefix: Ipv4Prefix, kind: 'direct' | 'static'): void {
    const values = this.config.communities.filter(({ cidr }) => ipv4PrefixContains(cidr, prefix.network)).flatMap((entry) => entry.values)
    const own = this.config.interfaces[0]!.address
    this.table.put(prefixKey(prefix), {
      kind,
      session: -1,
      pathId: 0,
      attributes: this.attributes.intern(ownAttributes(own, values)),
      internal: false,
      routerId: this.config.routerId,
      peer: 0,
      stale: false,
      gateway: undefined,
      igpMetric: 0,
    })
    this.changed(prefixKey(prefix))
  }

  private changed(key: PrefixKey): void {
    this.history.onPaths(this, key)
    this.kernel.touch(key)
    for (const session of this.sessions) session.onTableChange(key)
  }

  /** What the process knew is gone with it. */
  private emptyTable(): void {
    const known = [...this.table.prefixes]
    this.table = new RouteTable()
    for (const key of known) this.history.onPaths(this, key)
  }

  private finishRecovery(): void {
    this.recovering = false
    this.recoveryTimer.stop()
    this.kernel.syncAll()
    for (const session of this.sessions) session.announce()
  }
}
