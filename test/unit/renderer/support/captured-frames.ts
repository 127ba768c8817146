import type { CapturedFrames } from '#shared/capture/index'

/** Frames of one interface without Ethernet, a microsecond apart; each is the record of seven more than its number. */
export function framesOfHex(packets: readonly string[]): CapturedFrames {
  const bytes = packets.map((hex) => Uint8Array.from(hex.match(/../gu)!, (byte) => parseInt(byte, 16)))
  const start = new Int32Array(bytes.length + 1)
  bytes.forEach((packet, index) => (start[index + 1] = start[index]! + packet.length))
  return {
    interfaces: [{ name: 'node-1/tunl0', description: 'raw IP', link: 'raw', frames: bytes.length, overwritten: 0 }],
    count: bytes.length,
    on: new Int32Array(bytes.length),
    atNs: Float64Array.from(bytes, (_, index) => index * 1000),
    start,
    bytes: Uint8Array.from(bytes.flatMap((packet) => [...packet])),
    originalLength: Int32Array.from(bytes, (packet) => packet.length),
    comment: new Int32Array(bytes.length),
    comments: ['flow bulk 1, to the server; sent; goes on'],
    record: Int32Array.from(bytes, (_, index) => index + 7),
    isOut: new Uint8Array(bytes.length).fill(1),
  }
}
