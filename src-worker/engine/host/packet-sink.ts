/** Where packets go when their program ends. */
export interface PacketSink {
  /** The program ended at the NIC. */
  transmit(packet: number, core: number, nowNs: number): void
  /** The program ended at the socket. */
  receive(packet: number, core: number, nowNs: number): void
  /** The packet goes back to where it came from. */
  sendBack(packet: number, core: number, nowNs: number): void
  /** The packet is dropped on its way. `reason` is a number of `DROP_REASONS`. */
  drop(packet: number, core: number, reason: number, nowNs: number): void
  /** The sending socket stops accounting for the packet. */
  orphan(packet: number, nowNs: number): void
}
