import { readUint16, writeUint16 } from './big-endian'
import { writeIpv4Checksum, writeTransportChecksum } from './checksum'
import { IP_PROTOCOL, IPV4, UDP } from './layout'

/** Where the headers of a frame begin, in bytes from the frame's start. Without encapsulation outer = inner. */
export interface FrameOffsets {
  readonly outerIp: number
  /** −1 where the outer header is not UDP. */
  readonly outerUdp: number
  readonly innerIp: number
  readonly transport: number
}

/**
 * Completes a frame: writes lengths and checksums of its headers, from the innermost out. The outer UDP header gets a
 * checksum only where `outerUdpChecksum` says so (Linux VXLAN devices with `noudpcsum` send zero).
 * Requires: `frame` is as long as the frame on the wire without its check sequence; all other fields are in place; the
 * innermost protocol is TCP or UDP.
 */
export function completeFrame(frame: Uint8Array, offsets: FrameOffsets, outerUdpChecksum: boolean): void {
  completePacket(frame, offsets.innerIp)
  writeTransportLength(frame, offsets)
  writeTransportChecksum(frame, offsets.innerIp)
  if (offsets.outerIp === offsets.innerIp) return
  completePacket(frame, offsets.outerIp)
  if (offsets.outerUdp < 0) return
  writeUint16(frame, offsets.outerUdp + UDP.datagramLength, frame.length - offsets.outerUdp)
  if (outerUdpChecksum) writeTransportChecksum(frame, offsets.outerIp)
}

function completePacket(frame: Uint8Array, ip: number): void {
  writeUint16(frame, ip + IPV4.totalLength, frame.length - ip)
  writeIpv4Checksum(frame, ip)
}

function writeTransportLength(frame: Uint8Array, { innerIp, transport }: FrameOffsets): void {
  if (frame[innerIp + IPV4.protocol] !== IP_PROTOCOL.udp) return
  const datagramLength = readUint16(frame, innerIp + IPV4.totalLength) - IPV4.length
  writeUint16(frame, transport + UDP.datagramLength, datagramLength)
}
