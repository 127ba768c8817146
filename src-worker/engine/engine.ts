/**
 * The packet engine: builds the parts of one run from its plan and seed, and runs them event by event. It knows no clock
 * but simulated time and no randomness but the seed's streams.
 */

import { rowEnds, TRANSPORT, type ForwardingTable, type RunPlan } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { Applications } from './applications/applications'
import type { EventQueue } from './event-queue'
import { arrivalNames } from './host/arrivals'
import type { Cores } from './host/cores'
import type { ReceiveQueues } from './host/receive-queues'
import { programOf, receivePrograms, type SidePrograms } from './host/row-programs'
import type { EventLayout } from './layout'
import type { Border, Links } from './network/links'
import type { Relays } from './network/relays'
import type { Switches } from './network/switches'
import { withOwnColumns } from './own-columns'
import { PACKET_FLAG, packetAt, type PacketPool, UNUSUAL_FLAGS } from './packet-pool'
import { type PacketWatcher, watchSending } from './packet-watcher'
import { commonParts } from './parts/common-parts'
import { type HostParts, hostParts } from './parts/host-parts'
import { type NetworkParts, networkParts } from './parts/network-parts'
import { type TransportParts, transportParts } from './parts/transport-parts'
import { placeOf } from './queue/held-packet'
import { RANDOM_USE, RandomStream } from './random'
import { Timeline } from './timeline'
import { Trajectory } from './trajectory'
import type { Tcp } from './transport/tcp'
import type { Udp } from './transport/udp'

/** Processes on real hosts do not start in lockstep: their starts are spread over this time, ns. */
const START_SPREAD_NS = 100_000

export class Engine {
  readonly plan: RunPlan
  /** What has happened so far; how long wires were busy only from {@link finish} on. */
  readonly accounts: Accounts
  readonly pool: PacketPool
  readonly trajectory: Trajectory
  /** Events handled; changes of the network that the plan lists are nobody's. */
  eventCount = 0
  /** The receive queues that each traffic entry's packets arrive in at first, as `node queue`. */
  readonly receiveQueueNames: readonly string[][]
  private readonly network: NetworkParts
  private readonly host: HostParts
  private readonly transport: TransportParts
  private readonly timeline: Timeline
  // What most events are for stands by itself.
  private readonly layout: EventLayout
  private readonly events: EventQueue
  private readonly links: Links
  private readonly switches: Switches
  private readonly receiveQueues: ReceiveQueues
  private readonly cores: Cores
  private readonly tcp: Tcp
  private readonly udp: Udp
  private readonly applications: Applications
  private readonly receivers: SidePrograms

  /** With a `border`, the engine simulates only the elements within it. */
  constructor(given: RunPlan, seed: number, border?: Border) {
    const plan = withOwnColumns(given)
    const ends = rowEnds(plan.flows, plan.relays)
    const common = commonParts(plan, seed, border?.memory)
    const network = networkParts(plan, ends, common, border)
    const host = hostParts(plan, ends, common, network)
    this.plan = plan
    this.accounts = common.accounts
    this.pool = common.pool
    this.trajectory = new Trajectory(plan.switchCount + plan.hosts.count)
    this.layout = common.layout
    this.events = common.events
    this.network = network
    this.links = network.links
    this.switches = network.switches
    this.host = host
    this.receiveQueues = host.receiveQueues
    this.cores = host.cores
    this.timeline = this.makeTimeline(seed)
    this.transport = transportParts(plan, ends, { common, network, host, blocked: this.timeline.blocked })
    this.tcp = this.transport.tcp
    this.udp = this.transport.udp
    this.applications = this.transport.applications
    this.receivers = receivePrograms(plan.flows)
    this.connectParts()
    if (host.relays !== undefined) this.connectRelays(host.relays)
    this.timeline.start()
    this.receiveQueueNames = arrivalNames({ plan, ends, headers: host.headers, queues: host.receiveQueues })
    const isOwn = (index: number): boolean => border === undefined || border.owns[plan.switchCount + index] === 1
    this.applications.start(isOwn, (flow) => this.startDelay(flow, seed))
  }

  /** Simulated time reached, ns. */
  get nowNs(): number {
    return this.events.nowNs
  }

  /**
   * Handles at most `limit` events that lie before `untilNs`; returns whether any are left there.
   */
  run(limit: number, untilNs: number): boolean {
    const { events } = this
    for (let handled = 0; handled < limit; handled++) {
      const event = events.popBefore(untilNs)
      if (event < 0) return false
      this.handle(event)
    }
    return true
  }

  /** Completes the accounts at the end of a run. */
  finish(): Accounts {
    this.links.tellBusy(this.accounts.portBusyNs)
    return this.accounts
  }

  /** Takes a wire packet that comes from another engine of the same memory. */
  expect(packet: number, arrivalNs: number): void {
    this.pool.takeOver(packet)
    this.links.expect(packet, arrivalNs)
  }

  /** Tells a watcher of packets from now on. Call it at most once, before the run begins. */
  watch(watcher: PacketWatcher): void {
    watchSending({ links: this.links, outlet: this.transport.outlet, pool: this.pool }, watcher)
    this.cores.watch((packet, core, costNs, nowNs) => watcher.passed(packet, this.cores.hostOf[core], costNs, nowNs))
    const arrive = this.arrive.bind(this)
    this.arrive = (packet, nowNs) => {
      const port = this.pool.port[packet]
      if (port >= 0) watcher.arrived(port, packet, nowNs)
      arrive(packet, nowNs)
    }
    const toSocket = this.toSocket.bind(this)
    this.toSocket = (packet, core, nowNs) => {
      watcher.delivered(packet, nowNs)
      toSocket(packet, core, nowNs)
    }
  }

  /** The header bytes that packets of a row (2 × flow + direction) get at the NIC, lengths and the like left zero. */
  headersOf(row: number): Uint8Array {
    return this.host.headers.image(row)
  }

  private handle(event: number): void {
    const { layout } = this
    const nowNs = this.events.nowNs
    this.eventCount++
    if (event >= layout.arrival) this.arrive(packetAt(event - layout.arrival), nowNs)
    else if (event < layout.softirqDone) this.links.onWireFree(event, nowNs)
    else if (event < layout.threadDone) this.cores.onSoftirqDone(event - layout.softirqDone, nowNs)
    else if (event < layout.interrupt) this.cores.onThreadDone(event - layout.threadDone, nowNs)
    else if (event < layout.completion) this.cores.interrupt(event - layout.interrupt, nowNs)
    else if (event < layout.retransmit) this.host.completions.onHoldOffEnd(event - layout.completion, nowNs)
    else if (event < layout.lossTimer) this.tcp.onRetransmitTimer(event - layout.retransmit, nowNs)
    else if (event < layout.delayedAck) this.tcp.onLossTimer(event - layout.lossTimer, nowNs)
    else if (event < layout.pacing) this.tcp.receiver.onDelayedAck(event - layout.delayedAck, nowNs)
    else if (event < layout.application) this.tcp.onPacingTimer(event - layout.pacing, nowNs)
    else if (event < layout.timeline) this.applications.onTimer(event - layout.application, nowNs)
    else {
      this.eventCount--
      this.timeline.onDue(nowNs)
    }
  }

  /** A packet reached the far end of its wire. */
  private arrive(packet: number, nowNs: number): void {
    const { pool, plan } = this
    const port = pool.port[packet]
    if (port < 0) {
      this.release(placeOf(port), packet, nowNs)
      return
    }
    const element = plan.ports.peer[port]
    this.trajectory.note(element, nowNs, (port << 12) ^ pool.payloadBytes[packet])
    if (element < plan.switchCount) {
      this.switches.receive(element, packet, nowNs)
      return
    }
    const host = element - plan.switchCount
    if (plan.hosts.coreCount[host] === 0) {
      this.toSocket(packet, -1, nowNs)
      return
    }
    const queue = this.receiveQueues.queueOf(host, pool.rss[packet])
    this.receiveQueues.arrive(packet, queue, this.receiveProgram(packet, host), nowNs)
  }

  /** The time came that a queue held a packet back for. */
  private release(place: number, packet: number, nowNs: number): void {
    const { count } = this.plan.ports
    if (place < count) this.network.portQueues.release(place, packet, nowNs)
    else this.host.transmitQueues.release(place - count, packet, nowNs)
  }

  private toSocket(packet: number, core: number, nowNs: number): void {
    if ((this.pool.flags[packet] & UNUSUAL_FLAGS) !== 0) {
      this.takeUnusual(packet, core, nowNs)
      return
    }
    const transport = this.plan.flows.transport[this.pool.flow[packet]]
    if (transport === TRANSPORT.tcp) this.transport.locks.receive(packet, core, nowNs)
    else if (transport === TRANSPORT.udp) this.udp.receive(packet, core, nowNs)
    else this.transport.icmp.receive(packet, core, nowNs)
  }

  /** Takes a fragment or an ICMP error where a socket's packet would be taken. */
  private takeUnusual(packet: number, core: number, nowNs: number): void {
    if ((this.pool.flags[packet] & PACKET_FLAG.icmpError) === 0) {
      const whole = this.network.reassembly.take(packet)
      if (whole >= 0) this.toSocket(whole, core, nowNs)
      return
    }
    const host = core < 0 ? this.plan.ports.peer[this.pool.port[packet]] - this.plan.switchCount : this.cores.hostOf[core]
    this.transport.errors.take(packet, host, nowNs)
  }

  /** A path carries less than its sender thought. */
  private onPathMtu(socket: number, ipBytes: number, nowNs: number): void {
    if (this.plan.flows.transport[socket >> 1] === TRANSPORT.tcp) this.tcp.onPathMtu(socket, ipBytes, nowNs)
  }

  /** The sending socket's account of a packet ends: the stack gives it up, or the NIC has taken it and will tell. */
  private disown(packet: number): number {
    const bytes = this.pool.ownedBytes[packet]
    this.pool.disown(packet)
    return bytes
  }

  private released(socket: number, bytes: number, nowNs: number): void {
    if (this.plan.flows.transport[socket >> 1] === TRANSPORT.tcp) this.tcp.sender.released(socket, bytes, nowNs)
    else this.udp.released(socket, bytes, nowNs)
  }

  private connectParts(): void {
    const { pool, links, tcp, udp, cores, applications } = this
    const { portQueues, paths } = this.network
    const { transmitQueues, completions, strays, errors } = this.host
    const { outlet } = this.transport
    const { coreFirst } = this.plan.hosts
    links.source = {
      pump: (port, nowNs) => {
        if (portQueues.isSpecial[port] === 1) portQueues.pump(port, nowNs)
        else transmitQueues.pump(port, nowNs)
      },
    }
    links.special = portQueues
    links.faults = this.timeline
    paths.listener = { onPathMtu: (socket, ipBytes, nowNs) => this.onPathMtu(socket, ipBytes, nowNs) }
    transmitQueues.observer = { orphan: (packet, nowNs) => completions.taken(pool.rowOf(packet), this.disown(packet), nowNs) }
    completions.listener = { completed: (socket, bytes, nowNs) => this.released(socket, bytes, nowNs) }
    outlet.onUnlocked = (row, nowNs) => applications.onWritable(row, -1, nowNs)
    tcp.listener = applications
    tcp.ports = { renew: (row, number) => this.renewPorts(row, number) }
    udp.listener = applications
    cores.runner = applications
    cores.sink = {
      transmit: (packet, core, nowNs) => outlet.transmit(packet, core, nowNs),
      receive: (packet, core, nowNs) => {
        outlet.ended(packet, core, nowNs)
        this.toSocket(packet, core, nowNs)
      },
      sendBack: (packet, core, nowNs) => strays.sendBack(packet, core - coreFirst[cores.hostOf[core]], nowNs),
      drop: (packet, core, reason, nowNs) => {
        const host = cores.hostOf[core]
        outlet.ended(packet, core, nowNs)
        errors.dropped(packet, host, reason, core - coreFirst[host], nowNs)
      },
      orphan: (packet, nowNs) => this.released(pool.rowOf(packet), this.disown(packet), nowNs),
    }
  }

  private makeTimeline(seed: number): Timeline {
    const { links } = this
    const { flows, ports, timeline: table } = this.plan
    return new Timeline({
      table,
      ports: ports.count,
      flows,
      events: this.events,
      event: this.layout.timeline,
      targets: {
        expose: (port) => links.expose(port),
        setDelay: (port, delayNs) => links.setDelay(port, delayNs),
        setNsPerByte: (port, nsPerByte) => links.setNsPerByte(port, nsPerByte),
        setMtu: (port, mtuBytes) => (ports.mtuBytes[port] = mtuBytes),
        limitPath: (row, mtuBytes, nowNs) => this.network.paths.onError(row, mtuBytes, nowNs),
        forwardBy: (forwarding) => this.forwardBy(forwarding),
      },
      seed,
    })
  }

  /** Packets that a host forwards go on to its NIC where others would leave it or reach a socket. */
  private connectRelays(relays: Relays): void {
    const { sink } = this.cores
    const { coreFirst } = this.plan.hosts
    this.cores.sink = {
      ...sink,
      transmit: (packet, core, nowNs) => {
        const host = this.cores.hostOf[core]
        if (relays.isToForward(packet, host)) relays.forward(packet, core - coreFirst[host], nowNs)
        else sink.transmit(packet, core, nowNs)
      },
    }
    const toSocket = this.toSocket.bind(this)
    this.toSocket = (packet, core, nowNs) => {
      // A bare host has no programs: what arrives for another end is at once on its way again.
      if (core < 0 && relays.isToForward(packet, this.plan.ports.peer[this.pool.port[packet]] - this.plan.switchCount)) {
        relays.forward(packet, 0, nowNs)
        return
      }
      relays.deliver(packet)
      toSocket(packet, core, nowNs)
    }
  }

  private receiveProgram(packet: number, host: number): number {
    const { errorPrograms } = this.plan
    if (errorPrograms !== undefined && errorPrograms[host] >= 0 && this.transport.errors.isNodes(packet)) return errorPrograms[host]
    return programOf(packet, this.pool, this.receivers)
  }

  /** A row begins another connection: its packets bear another client port, and may leave by another of equal uplinks. */
  private renewPorts(row: number, number: number): void {
    this.timeline.onConnection(row)
    const { relays, headers, uplinks } = this.host
    if (relays?.renew(row, number) === true) return
    headers.renew(row, number)
    uplinks.choose(row)
  }

  /** Switches and hosts forward by another table from now on. */
  private forwardBy(forwarding: ForwardingTable): void {
    this.switches.forwardBy(forwarding)
    this.host.uplinks.forwardBy(forwarding)
  }

  private startDelay(flow: number, seed: number): number {
    const { flows, hosts } = this.plan
    if (hosts.coreCount[flows.clientHost[flow]] === 0) return 0
    return new RandomStream(seed, RANDOM_USE.start, flow).below(START_SPREAD_NS)
  }
}
