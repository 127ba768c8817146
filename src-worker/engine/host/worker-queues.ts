/**
 * Work that a host deals out to workers on all its cores, with its order kept: WireGuard's encryption and decryption
 * (Linux drivers/net/wireguard/queueing.h). A packet goes to the next core in turn, and at the same time into the ring of
 * its peer; the ring gives packets back in the order in which they came, each when its worker is done with it.
 */

import type { FlowTable, HostTable } from '#shared/plan/index'
import type { PacketPool } from '../packet-pool'

const NONE = -1
/** Packets a ring holds (drivers/net/wireguard/messages.h, MAX_QUEUED_PACKETS). */
const RING_SIZE = 1024

export class WorkerQueues {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly hosts: HostTable
  /** Core of each host, among its own, that gets the next packet. */
  private readonly nextCore: Int32Array
  /** First ring of each flow and direction: the sender's; the receiver's is the next. */
  private readonly ringOf: Int32Array
  /** Host of each ring, and the host of its peer. */
  private readonly hostOf: number[] = []
  private readonly peerOf: number[] = []
  private readonly packets: Int32Array[] = []
  private readonly isDone: Uint8Array[] = []
  private readonly head: number[] = []
  private readonly count: number[] = []

  constructor(pool: PacketPool, flows: FlowTable, hosts: HostTable) {
    this.pool = pool
    this.flows = flows
    this.hosts = hosts
    this.nextCore = new Int32Array(hosts.count)
    this.ringOf = new Int32Array(flows.count * 2).fill(NONE)
  }

  /** Gives a packet of `host` to the next core in turn and answers it; −1 when the peer's ring is full. */
  enter(packet: number, host: number): number {
    const ring = this.ringFor(packet, host)
    if (this.count[ring] >= RING_SIZE) return NONE
    const slot = (this.head[ring] + this.count[ring]) % RING_SIZE
    this.packets[ring][slot] = packet
    this.isDone[ring][slot] = 0
    this.count[ring]++
    const turn = this.nextCore[host]
    this.nextCore[host] = (turn + 1) % this.hosts.coreCount[host]
    return this.hosts.coreFirst[host] + turn
  }

  /** Notes that a packet's worker is done with it; answers its ring. */
  finish(packet: number, host: number): number {
    const ring = this.ringFor(packet, host)
    let slot = this.head[ring]
    while (this.packets[ring][slot] !== packet) slot = (slot + 1) % RING_SIZE
    this.isDone[ring][slot] = 1
    return ring
  }

  /** Takes the next packet of a ring that is done in its turn; −1 when there is none. */
  release(ring: number): number {
    const head = this.head[ring]
    if (this.count[ring] === 0 || this.isDone[ring][head] === 0) return NONE
    this.head[ring] = (head + 1) % RING_SIZE
    this.count[ring]--
    return this.packets[ring][head]
  }

  /** The core on which a ring's peer takes packets up: peers have cores in turn, by their number. */
  coreOf(ring: number): number {
    const host = this.hostOf[ring]
    return this.hosts.coreFirst[host] + (this.peerOf[ring] % this.hosts.coreCount[host])
  }

  private ringFor(packet: number, host: number): number {
    const { flows } = this
    const flow = this.pool.flow[packet]
    const forward = this.pool.direction[packet] === 0
    const sender = forward ? flows.clientHost[flow] : flows.serverHost[flow]
    const receiver = forward ? flows.serverHost[flow] : flows.clientHost[flow]
    const row = flow * 2 + (forward ? 0 : 1)
    if (this.ringOf[row] === NONE) this.ringOf[row] = this.findRings(sender, receiver)
    return this.ringOf[row] + (host === sender ? 0 : 1)
  }

  /** The rings of a pair of hosts, made when its first packet comes. */
  private findRings(sender: number, receiver: number): number {
    for (let ring = 0; ring < this.hostOf.length; ring += 2) {
      if (this.hostOf[ring] === sender && this.hostOf[ring + 1] === receiver) return ring
    }
    const first = this.hostOf.length
    this.hostOf.push(sender, receiver)
    this.peerOf.push(receiver, sender)
    for (let side = 0; side < 2; side++) {
      this.packets.push(new Int32Array(RING_SIZE))
      this.isDone.push(new Uint8Array(RING_SIZE))
      this.head.push(0)
      this.count.push(0)
    }
    return first
  }
}
