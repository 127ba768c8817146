/** How the packet joins the queue in front of a pass. */
export const PASS_ENTRY = {
  /** No queue: goes on in the context of the caller. */
  inline: 0,
  /** The core's backlog (veth, loopback): softirq, limited by netdev_max_backlog. */
  backlog: 1,
  /** The tunnel device's GRO cell on the core: softirq, limited by netdev_max_backlog. */
  groCell: 2,
  /** The NIC's receive ring: NAPI poll; only as the first pass of a receive program. */
  nic: 3,
  /** A worker thread of the host's next core in turn (WireGuard's encryption and decryption). */
  worker: 4,
  /** The worker of a tunnel's peer, which takes packets in the order in which they came to the workers. */
  peer: 5,
} as const

/** What happens at the end of a program's last pass. */
export const PROGRAM_END = {
  /** The packet goes to the host's NIC. */
  nic: 0,
  /** The packet goes to the receiving socket. */
  socket: 1,
  /** The packet goes out again by the link that it came by, as it is: the host has nobody for it and no other route. */
  back: 2,
  /** The packet is dropped: this, plus the number of the reason. */
  drop: 3,
} as const

/**
 * Programs: a packet's way through a host as passes separated by queues. Columns of passes and stage references are
 * shared; program p has passes `passFirst[p] … passFirst[p + 1] − 1`, pass q has references `refFirst[q] … refFirst[q + 1] − 1`.
 *
 * A reference's cost in cycles is `perPacket + perSegment × segments + perByte × payload bytes`, where a packet inside a
 * host may be a train of segments (GSO, GRO). There are two sets of costs: of packets of an established connection, and
 * of its first packet per direction. A pass costs the sum of its references. In a NIC pass every wire packet counts as
 * one packet of one segment.
 */
export interface ProgramTable {
  readonly count: number
  readonly passFirst: Int32Array
  readonly end: Int32Array
  /** Pass at whose start the sending socket's account of the packet ends (skb_orphan); −1: at the wire. Absolute pass number. */
  readonly orphanPass: Int32Array
  readonly passCount: number
  readonly entry: Int32Array
  /** 1 where segments of one connection are merged before the pass runs (GRO): behind a poll, or out of a GRO cell. */
  readonly merges: Uint8Array
  readonly refFirst: Int32Array
  /** Stage numbers (`STAGES`). */
  readonly refStage: Int32Array
  readonly refPerPacket: Float64Array
  readonly refPerSegment: Float64Array
  readonly refPerByte: Float64Array
  readonly refFirstPerPacket: Float64Array
  readonly refFirstPerSegment: Float64Array
  readonly refFirstPerByte: Float64Array
  /** What packets cost more on a core that has slept deep. */
  readonly refColdPerPacket: Float64Array
  readonly refColdFirstPerPacket: Float64Array
}
