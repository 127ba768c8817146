/**
 * Connection tracking and port translation on all hosts. A flow keeps the number of its current entry in every table it
 * passes, so that nothing is searched for: a look at a table is an array access, and a packet that changes nothing about its
 * connection does not even take that (`concerns`).
 */

import { TRACKED_END, TRACKED_STATE, TRACKING_FORM, TRACKING_LOOK, TRANSPORT, type RelayTable, type FlowTable, type TrackingTable } from '#shared/plan/index'
import { TRACKING_COLUMN, TRACKING_COLUMNS, type Accounts } from '#worker/metrics/accounts'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import { RANDOM_USE, RandomStream } from '../random'
import { firstTcpState, nextTcpState, UNTRACKED } from './connection-states'
import { ConnectionTable, type EntryOwner } from './connection-table'
import { NatPorts, type PortHolders } from './nat-ports'
import { TrackedEntries } from './tracked-entries'

const NONE = -1
/** An entry that its table gave up while the connection still used it. */
const LOST = -2
/** Entries of a flow in one kind of table: of its client's end, its server's, of what lies between them, and on a node that forwards. */
const ENDS = 4
const ON_RELAY = 3
/** Packets with these flags may change something about their connection. */
const CHANGES = PACKET_FLAG.first | PACKET_FLAG.syn | PACKET_FLAG.fin | PACKET_FLAG.reset

export class Tracking implements EntryOwner, PortHolders {
  private readonly plan: TrackingTable
  private readonly flows: FlowTable
  private readonly hosts: number
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly seed: number
  private readonly durationNs: number
  private readonly entries = new TrackedEntries()
  /** By row of the plan's tables; made when a host's first connection comes. */
  private readonly tables: (ConnectionTable | undefined)[] = []
  private readonly ports: (NatPorts | undefined)[] = []
  /** Number of each flow's entry by kind of table and end, −1: none. */
  private readonly current: Int32Array
  /** Per flow: entries that every packet may change. */
  private readonly unsettled: Uint8Array
  /** Per flow: the flow of the connection, itself but where a node forwards. */
  private readonly carried: Int32Array
  /** Per flow: the node between its ends that forwards, −1 for none. */
  private readonly relayHost: Int32Array
  /** Per flow: the flow with the leg that reaches its server, itself but where a node forwards. */
  private readonly toServer: Int32Array
  private follows = false

  constructor(parts: { tracking: TrackingTable; flows: FlowTable; hosts: number; pool: PacketPool; accounts: Accounts; durationNs: number; seed: number; relays?: RelayTable | undefined }) {
    this.plan = parts.tracking
    this.flows = parts.flows
    this.hosts = parts.hosts
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.durationNs = parts.durationNs
    this.seed = parts.seed
    const isUsed = parts.tracking.passFirst.length > 0
    this.current = new Int32Array(isUsed ? parts.flows.count * parts.tracking.names.length * ENDS : 0).fill(NONE)
    this.unsettled = new Uint8Array(parts.flows.count)
    const { relays } = parts
    this.carried = Int32Array.from({ length: parts.flows.count }, (_, flow) => orItself(relays?.carries[flow], flow))
    this.relayHost = Int32Array.from({ length: parts.flows.count }, (_, flow) => relays?.host[relays.behind[flow]] ?? NONE)
    this.toServer = Int32Array.from({ length: parts.flows.count }, (_, flow) => orItself(relays?.behind[flow], flow))
  }

  /** Whether a packet may change what tables hold. Most do not: their connection is there and stays. */
  concerns(packet: number): boolean {
    const flags = this.pool.flags[packet]
    if ((flags & PACKET_FLAG.icmpError) !== 0) return false
    return (flags & CHANGES) !== 0 || this.unsettled[this.flowOf(packet)] !== 0 || this.follows
  }

  /**
   * A packet enters a pass that looks at tables. Returns the pass that runs: its own, or that of a look that refuses it.
   * From here on the packet counts as its connection's first where a table did not know that.
   */
  enter(packet: number, pass: number, host: number, nowNs: number): number {
    const { plan, pool } = this
    let isNew = false
    let isKnown = false
    for (let look = plan.passFirst[pass]; look < plan.passFirst[pass + 1]; look++) {
      const key = this.keyOf(packet, look, host)
      switch (plan.look[look]) {
        case TRACKING_LOOK.track:
        case TRACKING_LOOK.meet:
          if (this.isKnown(key, packet, nowNs)) {
            isKnown ||= this.entries.madeNs[this.current[key]] < pool.createdNs[packet]
            break
          }
          isNew = true
          if (plan.look[look] === TRACKING_LOOK.meet) this.miss(key, packet)
          else if (!this.begin(key, look, packet, host, nowNs)) return this.refuse(look, host)
          break
        case TRACKING_LOOK.open:
          if (this.isKnown(key, packet, nowNs) ? this.isOneSided(key) : !this.opens(key, look, packet, host, nowNs)) {
            if (plan.refusal[look] !== NONE) return this.refuse(look, host)
          }
          break
        case TRACKING_LOOK.translate:
          if (!this.translate(key, look, packet, host)) return this.refuse(look, host)
          break
        default:
          if (!this.isKnown(key, packet, nowNs)) return plan.refusal[look]
      }
    }
    if (isNew) pool.flags[packet] |= PACKET_FLAG.first
    else if (isKnown && pool.direction[packet] === 0) pool.flags[packet] &= ~PACKET_FLAG.first
    return pass
  }

  /** {@link EntryOwner.forget} */
  forget(entry: number): void {
    const { entries } = this
    const key = entries.key[entry]
    if (key >= 0) {
      // The connection's next packet must find out: one concern instead of the entry's own, if it had any.
      if (entries.settled[entry] === 1) this.unsettled[entries.flow[entry]]++
      this.current[key] = LOST
    }
    this.drop(entry)
  }

  /** {@link PortHolders.mayLosePort} */
  mayLosePort(entry: number): boolean {
    return this.entries.state[entry] === TRACKED_STATE.timeWait || this.entries.state[entry] === TRACKED_STATE.close
  }

  /** {@link PortHolders.losePort} */
  losePort(entry: number): void {
    this.forget(entry)
  }

  private refuse(look: number, host: number): number {
    this.accounts.tracking[this.rowAt(look, host) * TRACKING_COLUMNS + TRACKING_COLUMN.refused]++
    return this.plan.refusal[look]
  }

  private rowAt(look: number, host: number): number {
    return this.plan.kind[look] * this.hosts + host
  }

  /** The flow whose connection a packet is of: its own, or the one that it carries on. */
  private flowOf(packet: number): number {
    return this.carried[this.pool.flow[packet]]
  }

  private keyOf(packet: number, look: number, host: number): number {
    const { plan, flows } = this
    const flow = this.flowOf(packet)
    let end = plan.end[look]
    if (host === this.relayHost[flow]) end = ON_RELAY
    else if (end === TRACKED_END.host) {
      if (host === flows.clientHost[flow]) end = TRACKED_END.client
      else end = host === flows.serverHost[flow] ? TRACKED_END.server : TRACKED_END.between
    }
    const kind = plan.look[look] === TRACKING_LOOK.translate ? plan.holder[plan.kind[look]] : plan.kind[look]
    return (flow * plan.names.length + kind) * ENDS + end
  }

  /** Whether the packet's connection has an entry; the packet moves its state on. */
  private isKnown(key: number, packet: number, nowNs: number): boolean {
    const entry = this.current[key]
    if (entry < 0) return false
    const { entries, pool } = this
    const table = this.tables[this.entries.row[entry]]!
    if (table.isOver(entry, nowNs)) {
      this.forget(entry)
      return false
    }
    const direction = pool.direction[packet]
    const position = direction === 0 ? pool.sequence[packet] : pool.acknowledged[packet]
    const isTcp = this.flows.transport[pool.flow[packet]] === TRANSPORT.tcp
    if (isTcp && this.isOpening(packet) && position !== entries.base[entry]) {
      this.detach(entry)
      return false
    }
    if (isTcp && position < entries.base[entry]) return true
    const wasSettled = entries.settled[entry] === 1
    if (wasSettled && (pool.flags[packet] & CHANGES) === 0) {
      if (table.follows) entries.seenNs[entry] = nowNs
      return true
    }
    this.advance(entry, packet, isTcp)
    entries.seenNs[entry] = nowNs
    return true
  }

  private isOpening(packet: number): boolean {
    return (this.pool.flags[packet] & (PACKET_FLAG.syn | PACKET_FLAG.ack)) === PACKET_FLAG.syn
  }

  private advance(entry: number, packet: number, isTcp: boolean): void {
    const { entries, pool } = this
    const isReply = pool.direction[packet] !== entries.opener[entry]
    if (!isTcp) {
      if (isReply) entries.state[entry] = TRACKED_STATE.replied
      this.settle(entry, isReply || entries.settled[entry] === 1)
      return
    }
    const before = entries.state[entry]
    const state = nextTcpState(before, pool.flags[packet], isReply)
    entries.state[entry] = state
    // Picked up in the middle, a connection is assured when its other direction speaks.
    if (state === TRACKED_STATE.established && (before === TRACKED_STATE.synReceived || isReply)) entries.assured[entry] = 1
    const isOpen = state === TRACKED_STATE.established && entries.assured[entry] === 1
    this.settle(entry, isOpen || state === TRACKED_STATE.timeWait || state === TRACKED_STATE.close)
  }

  private settle(entry: number, isSettled: boolean): void {
    const { entries, unsettled } = this
    const before = entries.settled[entry]
    entries.settled[entry] = isSettled ? 1 : 0
    if (entries.key[entry] >= 0) unsettled[entries.flow[entry]] += before - entries.settled[entry]
  }

  /** A packet begins a connection, or goes on with one that its table lost; false where the table has no room for it. */
  private begin(key: number, look: number, packet: number, host: number, nowNs: number): boolean {
    const { pool, entries } = this
    const flow = this.flowOf(packet)
    const isTcp = this.flows.transport[flow] === TRANSPORT.tcp
    const state = isTcp ? firstTcpState(pool.flags[packet]) : TRACKED_STATE.unreplied
    if (state === UNTRACKED) {
      this.miss(key, packet)
      return true
    }
    const row = this.rowAt(look, host)
    const table = this.tableAt(row, this.plan.kind[look])
    if (!table.makeRoom(nowNs)) {
      this.miss(key, packet)
      return false
    }
    const wasLost = this.current[key] === LOST
    // The client's position of a connection in its middle is not known to be its first: older packets are none the less its.
    const base = isTcp && this.isOpening(packet) ? pool.sequence[packet] : 0
    const entry = entries.allocate(row, key, flow, pool.direction[packet], base, nowNs)
    entries.state[entry] = state
    table.insert(entry, nowNs)
    this.follows ||= table.follows
    this.current[key] = entry
    if (!wasLost) this.unsettled[flow]++
    // An answer to a flow's first datagram is the first of its direction, and noticed as such.
    if (!isTcp && (pool.flags[packet] & PACKET_FLAG.first) !== 0) this.settle(entry, true)
    this.accounts.tracking[row * TRACKING_COLUMNS + TRACKING_COLUMN.made]++
    this.note(row, table.count, table.evicted)
    return true
  }

  /** Whether a packet begins a connection, so that it got an entry; one in the middle of a connection gets none. */
  private opens(key: number, look: number, packet: number, host: number, nowNs: number): boolean {
    const isTcp = this.flows.transport[this.pool.flow[packet]] === TRANSPORT.tcp
    if (!isTcp || this.isOpening(packet)) return this.begin(key, look, packet, host, nowNs)
    this.miss(key, packet)
    return false
  }

  /** Whether a TCP connection was picked up in its middle, and the other direction has not spoken since. */
  private isOneSided(key: number): boolean {
    const entry = this.current[key]
    return this.entries.state[entry] === TRACKED_STATE.established && this.entries.assured[entry] === 0
  }

  /** A packet's connection has no entry and gets none: its next packet asks again. */
  private miss(key: number, packet: number): void {
    if (this.current[key] !== NONE) return
    this.current[key] = LOST
    this.unsettled[this.flowOf(packet)]++
  }

  /** An earlier connection of the row is no longer its current one; its entry stays until its time is over. */
  private detach(entry: number): void {
    const { entries } = this
    this.settle(entry, true)
    this.current[entries.key[entry]] = NONE
    entries.key[entry] = NONE
  }

  /** Gives the connection a port if it has none; false where none is free, and the connection's entry goes. */
  private translate(key: number, look: number, packet: number, host: number): boolean {
    const { entries, flows, plan } = this
    const entry = this.current[key]
    if (entry < 0 || entries.port[entry] !== NONE) return true
    const flow = this.toServer[this.flowOf(packet)]
    const row = this.rowAt(look, host)
    const ports = this.portsAt(row, plan.kind[look])
    const destination = (flows.transport[flow] * 0x1_0000_0000 + flows.serverAddress[flow]) * 0x1_0000 + flows.serverPort[flow]
    const port = ports.choose(entry, destination, plan.form[plan.holder[plan.kind[look]]] === TRACKING_FORM.netfilter)
    this.note(row, ports.most, ports.taken)
    if (port === NONE) {
      this.forget(entry)
      return false
    }
    this.accounts.tracking[row * TRACKING_COLUMNS + TRACKING_COLUMN.made]++
    entries.port[entry] = port
    entries.portRow[entry] = row
    entries.destination[entry] = destination
    return true
  }

  private drop(entry: number): void {
    const { entries } = this
    if (entries.port[entry] !== NONE) {
      this.ports[entries.portRow[entry]]!.release(entries.destination[entry], entries.port[entry])
    }
    this.tables[entries.row[entry]]!.remove(entry)
    entries.release(entry)
  }

  private tableAt(row: number, kind: number): ConnectionTable {
    const { plan, entries, durationNs } = this
    return (this.tables[row] ??= new ConnectionTable({ tracking: plan, kind, row, durationNs, entries, owner: this, random: this.random(row) }))
  }

  private portsAt(row: number, kind: number): NatPorts {
    const { plan } = this
    return (this.ports[row] ??= new NatPorts({
      first: plan.firstPort[kind],
      limit: plan.limit[row],
      attempts: plan.attempts[kind],
      random: this.random(row),
      holders: this,
    }))
  }

  private random(row: number): RandomStream {
    return new RandomStream(this.seed, RANDOM_USE.tracking, row)
  }

  /** Tells the accounts how many entries a row has, and how many it gave up. */
  private note(row: number, count: number, evicted: number): void {
    const at = row * TRACKING_COLUMNS
    const { tracking } = this.accounts
    tracking[at + TRACKING_COLUMN.peak] = Math.max(tracking[at + TRACKING_COLUMN.peak], count)
    tracking[at + TRACKING_COLUMN.evicted] = evicted
  }
}

/** The flow that a table of relays names, itself where it names none (−1, or no table). */
function orItself(named: number | undefined, flow: number): number {
  return named === undefined || named < 0 ? flow : named
}
