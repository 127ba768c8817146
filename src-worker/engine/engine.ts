/**
 * The packet engine: builds the parts of one run from its plan and seed, and runs them event by event. It knows no clock
 * but simulated time and no randomness but the seed's streams.
 */

import { rowEnds, type RowEnds, TRANSPORT, type ForwardingTable, type RunPlan, coreTotal } from '#shared/plan/index'
import { Accounts } from '#worker/metrics/accounts'
import { Applications } from './applications/applications'
import { EventQueue } from './event-queue'
import { arrivalCore, arrivalNames } from './host/arrivals'
import { Cores } from './host/cores'
import { limitEgress } from './host/egress-limits'
import { PassTable } from './host/pass-table'
import { ReceiveOffload } from './host/receive-offload'
import { ReceiveQueues, receiveQueueTotal } from './host/receive-queues'
import { TransmitCompletions } from './host/transmit-completions'
import { TransmitQueues } from './host/transmit-queues'
import { WorkerQueues } from './host/worker-queues'
import { FragmentHeaders } from './ip/fragment-headers'
import { Fragmenter } from './ip/fragmenter'
import { keepToInterfaces } from './ip/narrow-interfaces'
import { InternetErrors } from './ip/internet-errors'
import { PathMtu } from './ip/path-mtu'
import { Reassembly } from './ip/reassembly'
import { eventLayout, type EventLayout } from './layout'
import { HeaderWriter } from './network/header-writer'
import { Impairments } from './network/impairments'
import { type Border, Links } from './network/links'
import { PortQueues } from './network/port-queues'
import { Strays } from './network/strays'
import { Switches } from './network/switches'
import { Relays } from './network/relays'
import { Uplinks } from './network/uplinks'
import { PACKET_FLAG, packetAt, PacketPool, UNUSUAL_FLAGS } from './packet-pool'
import { type PacketWatcher, watchSending } from './packet-watcher'
import { withOwnColumns } from './own-columns'
import { placeThreads } from './placement'
import { placeOf } from './queue/held-packet'
import { RANDOM_USE, RandomStream } from './random'
import { Timeline } from './timeline'
import { Tracking } from './tracking/tracking'
import { Trajectory } from './trajectory'
import { IcmpEcho } from './transport/icmp'
import { DatagramSender } from './transport/datagram-sender'
import { Outlet } from './transport/outlet'
import { PacketMaker } from './transport/packet-maker'
import { pacedByQueues } from './transport/pacing'
import { Sockets } from './transport/sockets'
import { Tcp } from './transport/tcp'
import { Udp } from './transport/udp'

const INITIAL_PACKETS = 4096
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
  private readonly layout: EventLayout
  private readonly events: EventQueue
  private readonly links: Links
  private readonly portQueues: PortQueues
  private readonly switches: Switches
  private readonly reassembly: Reassembly
  private readonly paths: PathMtu
  private readonly headers: HeaderWriter
  private readonly receiveQueues: ReceiveQueues
  private readonly transmitQueues: TransmitQueues
  private readonly strays: Strays
  private readonly completions: TransmitCompletions
  private readonly cores: Cores
  private readonly sockets: Sockets
  private readonly tcp: Tcp
  private readonly udp: Udp
  private readonly icmp: IcmpEcho
  private readonly outlet: Outlet
  private readonly applications: Applications
  private readonly timeline: Timeline
  private readonly uplinks: Uplinks
  /** Of plans in which nodes forward for others. */
  private readonly relays: Relays | undefined
  private readonly ends: RowEnds

  /** With a `border`, the engine simulates only the elements within it. */
  constructor(given: RunPlan, seed: number, border?: Border) {
    const plan = withOwnColumns(given)
    const { flows, hosts, ports } = plan
    this.plan = plan
    this.ends = rowEnds(flows, plan.relays)
    this.layout = eventLayout(ports.count, coreTotal(hosts), receiveQueueTotal(hosts), flows.count * 2)
    this.events = new EventQueue(this.layout.arrival)
    for (let event = 0; event < this.layout.arrival; event++) this.events.setRank(event, event)
    this.pool = new PacketPool(INITIAL_PACKETS, (capacity) => this.events.grow(this.layout.arrival + capacity), border?.memory)
    this.accounts = new Accounts(plan)
    this.trajectory = new Trajectory(plan.switchCount + hosts.count)
    const base = { flows, hosts, ports, pool: this.pool, events: this.events, layout: this.layout, accounts: this.accounts }
    const impairments = new Impairments(ports, plan.impairments, seed)
    this.links = new Links(ports, this.pool, this.events, this.layout, this.accounts, impairments, border)
    this.portQueues = new PortQueues(plan, { ...base, links: this.links }, seed)
    const { templates } = plan
    const fragmenter = new Fragmenter(this.pool, flows, this.accounts)
    const errors = new InternetErrors(this.pool, this.accounts)
    this.switches = new Switches(plan, { ...base, links: this.links, fragmenter, errors, ends: this.ends })
    this.reassembly = new Reassembly(base)
    this.paths = new PathMtu(flows, { onPathMtu: (socket, ipBytes, nowNs) => this.onPathMtu(socket, ipBytes, nowNs) })
    if (plan.interfaceMtu !== undefined) {
      keepToInterfaces(plan.interfaceMtu, plan, { links: this.links, pool: this.pool, fragmenter, paths: this.paths, senders: this.ends.from })
    }
    this.headers = new HeaderWriter(this.pool, flows, plan.templates, seed)
    const passes = new PassTable(plan.programs, plan.tracking)
    const offload = new ReceiveOffload(this.pool, flows, passes, this.reassembly)
    this.receiveQueues = new ReceiveQueues({ ...base, passes, offload })
    this.transmitQueues = new TransmitQueues({
      ...base,
      switchCount: plan.switchCount,
      disciplines: plan.disciplines,
      links: this.links,
      headers: this.headers,
      fragments: new FragmentHeaders(this.pool, flows, templates),
      seed,
    })
    if (plan.egressLimits !== undefined) limitEgress(plan.egressLimits, { queues: this.transmitQueues, pool: this.pool, flows })
    this.completions = new TransmitCompletions(base)
    const contextSwitchNs = hosts.nsPerCycle.map((nsPerCycle, host) => nsPerCycle * plan.application.contextSwitch[host])
    this.cores = new Cores({
      ...base,
      passes,
      offload,
      queues: this.receiveQueues,
      workers: new WorkerQueues(this.pool, flows, hosts),
      tracking: new Tracking({ ...base, tracking: plan.tracking, hosts: hosts.count, durationNs: plan.durationNs, seed, relays: plan.relays }),
      contextSwitchNs,
      threads: flows.count * 2,
    })
    this.sockets = new Sockets(flows)
    this.sockets.paces.set(pacedByQueues(plan))
    const arrivals = { plan, ends: this.ends, headers: this.headers, queues: this.receiveQueues }
    this.sockets.threadCore.set(placeThreads(flows, hosts, (flow, direction) => arrivalCore(flow * 2 + direction, arrivals), seed))
    this.uplinks = new Uplinks(plan, this.ends, this.headers)
    if (plan.relays !== undefined) {
      const parts = { ...base, headers: this.headers, uplinks: this.uplinks, queues: this.transmitQueues }
      this.relays = new Relays(plan.relays, parts)
    }
    this.timeline = new Timeline({
      table: plan.timeline,
      ports: ports.count,
      flows,
      events: this.events,
      event: this.layout.timeline,
      targets: {
        expose: (port) => this.links.expose(port),
        setDelay: (port, delayNs) => this.links.setDelay(port, delayNs),
        setNsPerByte: (port, nsPerByte) => this.links.setNsPerByte(port, nsPerByte),
        setMtu: (port, mtuBytes) => (ports.mtuBytes[port] = mtuBytes),
        limitPath: (row, mtuBytes, nowNs) => this.paths.onError(row, mtuBytes, nowNs),
        forwardBy: (forwarding) => this.forwardBy(forwarding),
      },
      seed,
    })
    const { blocked } = this.timeline
    this.strays = new Strays({ ...base, queues: this.transmitQueues })
    this.outlet = new Outlet({ ...base, cores: this.cores, queues: this.transmitQueues, paths: this.paths, uplink: this.uplinks.port, blocked })
    const maker = new PacketMaker(this.pool, flows, this.sockets, this.accounts)
    const transport = { ...base, sockets: this.sockets, maker, outlet: this.outlet }
    const datagrams = new DatagramSender({ ...transport, paths: this.paths })
    this.tcp = new Tcp({ ...transport, seed })
    this.udp = new Udp({ ...transport, datagrams })
    this.icmp = new IcmpEcho({ ...transport, datagrams, udp: this.udp })
    this.applications = new Applications({
      ...base,
      costs: plan.application,
      sockets: this.sockets,
      cores: this.cores,
      tcp: this.tcp,
      sender: this.tcp.sender,
      receiver: this.tcp.receiver,
      udp: this.udp,
      sizes: plan.sizes,
      seed,
    })
    this.connectParts()
    if (this.relays !== undefined) this.connectRelays(this.relays)
    this.timeline.start()
    this.receiveQueueNames = arrivalNames(arrivals)
    const isOwn = (host: number): boolean => border === undefined || border.owns[plan.switchCount + host] === 1
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
    watchSending({ links: this.links, outlet: this.outlet, pool: this.pool }, watcher)
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
    return this.headers.image(row)
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
    else if (event < layout.retransmit) this.completions.onHoldOffEnd(event - layout.completion, nowNs)
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
    this.receiveQueues.arrive(packet, queue, this.receiveProgram(packet), nowNs)
  }

  /** The time came that a queue held a packet back for. */
  private release(place: number, packet: number, nowNs: number): void {
    const { count } = this.plan.ports
    if (place < count) this.portQueues.release(place, packet, nowNs)
    else this.transmitQueues.release(place - count, packet, nowNs)
  }

  private toSocket(packet: number, core: number, nowNs: number): void {
    if ((this.pool.flags[packet] & UNUSUAL_FLAGS) !== 0) {
      this.takeUnusual(packet, core, nowNs)
      return
    }
    const transport = this.plan.flows.transport[this.pool.flow[packet]]
    if (transport === TRANSPORT.tcp) this.tcp.receive(packet, core, nowNs)
    else if (transport === TRANSPORT.udp) this.udp.receive(packet, core, nowNs)
    else this.icmp.receive(packet, core, nowNs)
  }

  /** Takes a fragment or an ICMP error where a socket's packet would be taken. */
  private takeUnusual(packet: number, core: number, nowNs: number): void {
    const { pool, accounts } = this
    if ((pool.flags[packet] & PACKET_FLAG.icmpError) === 0) {
      const whole = this.reassembly.take(packet)
      if (whole >= 0) this.toSocket(whole, core, nowNs)
      return
    }
    const about = pool.flow[packet] * 2 + 1 - pool.direction[packet]
    const row = this.relays?.senderRow(about) ?? about
    const mtu = pool.windowBytes[packet]
    accounts.networkDelivered++
    pool.release(packet)
    if (mtu > 0) this.paths.onError(row, mtu, nowNs)
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

  private socketOf(packet: number): number {
    return this.pool.flow[packet] * 2 + this.pool.direction[packet]
  }

  private released(socket: number, bytes: number, nowNs: number): void {
    if (this.plan.flows.transport[socket >> 1] === TRANSPORT.tcp) this.tcp.sender.released(socket, bytes, nowNs)
    else this.udp.released(socket, bytes, nowNs)
  }

  private connectParts(): void {
    this.links.source = {
      pump: (port, nowNs) => {
        if (this.portQueues.isSpecial[port] === 1) this.portQueues.pump(port, nowNs)
        else this.transmitQueues.pump(port, nowNs)
      },
    }
    this.links.special = this.portQueues
    this.links.faults = this.timeline
    this.transmitQueues.observer = {
      orphan: (packet, nowNs) => this.completions.taken(this.socketOf(packet), this.disown(packet), nowNs),
    }
    this.completions.listener = { completed: (socket, bytes, nowNs) => this.released(socket, bytes, nowNs) }
    this.tcp.listener = this.applications
    this.tcp.ports = { renew: (row, number) => this.renewPorts(row, number) }
    this.udp.listener = this.applications
    this.cores.runner = this.applications
    this.cores.sink = {
      transmit: (packet, core, nowNs) => this.outlet.transmit(packet, core, nowNs),
      receive: (packet, core, nowNs) => {
        this.outlet.ended(packet, core)
        this.toSocket(packet, core, nowNs)
      },
      sendBack: (packet, core, nowNs) => this.strays.sendBack(packet, core - this.plan.hosts.coreFirst[this.cores.hostOf[core]], nowNs),
      drop: (packet, core) => this.outlet.ended(packet, core),
      orphan: (packet, nowNs) => this.released(this.socketOf(packet), this.disown(packet), nowNs),
    }
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

  private receiveProgram(packet: number): number {
    const { flows } = this.plan
    const flow = this.pool.flow[packet]
    const isControl = this.pool.isControl(packet)
    if (this.pool.direction[packet] === 0) return isControl ? flows.forwardAckRx[flow] : flows.forwardRx[flow]
    return isControl ? flows.reverseAckRx[flow] : flows.reverseRx[flow]
  }

  /** A row begins another connection: its packets bear another client port, and may leave by another of equal uplinks. */
  private renewPorts(row: number, number: number): void {
    this.timeline.onConnection(row)
    if (this.relays?.renew(row, number) === true) return
    this.headers.renew(row, number)
    this.uplinks.choose(row)
  }

  /** Switches and hosts forward by another table from now on. */
  private forwardBy(forwarding: ForwardingTable): void {
    this.switches.forwardBy(forwarding)
    this.uplinks.forwardBy(forwarding)
  }

  private startDelay(flow: number, seed: number): number {
    const { flows, hosts } = this.plan
    if (hosts.coreCount[flows.clientHost[flow]] === 0) return 0
    return new RandomStream(seed, RANDOM_USE.start, flow).below(START_SPREAD_NS)
  }
}
