import { utf8ToBytes } from '@noble/hashes/utils.js'

/** A device that packets are captured on. */
export interface CaptureInterface {
  readonly name: string
  readonly description: string
  readonly link: 'ethernet' | 'raw'
  /** Bits a second; absent for virtual devices. */
  readonly speed?: number
}

/** A captured packet. */
export interface CapturedPacket {
  /** Index of the interface. */
  readonly on: number
  /** Time since the start of the simulation, ns. */
  readonly atNs: number
  readonly bytes: Uint8Array
  /** Length before the snap length cut it; that of `bytes` unless given. */
  readonly originalLength?: number
  readonly comment?: string
}

/** Block types (draft-ietf-opsawg-pcapng, section 11.1). */
const BLOCK = { sectionHeader: 0x0a0d0d0a, interfaceDescription: 1, enhancedPacket: 6 } as const
/** Options of blocks: 1 is a comment in any; the others are of interface descriptions. */
const OPTION = { comment: 1, name: 2, description: 3, speed: 8, timeResolution: 9 } as const
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
/** Link types (IANA): Ethernet, and raw IP. */
const LINK_TYPE = { ethernet: 1, raw: 101 } as const
/** Time resolution 10^-9 s. */
const NANOSECONDS = 9
const APPLICATION = 4

/** A PCAPNG file: a section, an interface block per device, a packet block per packet. Little endian. */
export function writePcapng(interfaces: readonly CaptureInterface[], packets: readonly CapturedPacket[]): Uint8Array {
  const blocks = [
    sectionHeader(),
    ...interfaces.map((captured) => interfaceDescription(captured)),
    ...packets.map((packet) => enhancedPacket(packet)),
  ]
  const file = new Uint8Array(blocks.reduce((length, block) => length + block.length, 0))
  let at = 0
  for (const block of blocks) {
    file.set(block, at)
    at += block.length
  }
  return file
}

function sectionHeader(): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, BYTE_ORDER_MAGIC, true)
  view.setUint16(4, 1, true)
  // The section's length is not given.
  view.setBigInt64(8, -1n, true)
  return block(BLOCK.sectionHeader, [body, ...options([[APPLICATION, utf8ToBytes('CNI Lab')]])])
}

function interfaceDescription({ name, description, link, speed }: CaptureInterface): Uint8Array {
  const body = new Uint8Array(8)
  new DataView(body.buffer).setUint16(0, LINK_TYPE[link], true)
  const speedBytes = new Uint8Array(8)
  new DataView(speedBytes.buffer).setBigUint64(0, BigInt(Math.round(speed ?? 0)), true)
  const all: [number, Uint8Array][] = [
    [OPTION.name, utf8ToBytes(name)],
    [OPTION.description, utf8ToBytes(description)],
    [OPTION.timeResolution, Uint8Array.of(NANOSECONDS)],
  ]
  if (speed !== undefined) all.push([OPTION.speed, speedBytes])
  return block(BLOCK.interfaceDescription, [body, ...options(all)])
}

function enhancedPacket({ on, atNs, bytes, originalLength, comment }: CapturedPacket): Uint8Array {
  const head = new Uint8Array(20)
  const view = new DataView(head.buffer)
  view.setUint32(0, on, true)
  view.setUint32(4, Math.floor(atNs / 0x1_0000_0000), true)
  view.setUint32(8, atNs % 0x1_0000_0000, true)
  view.setUint32(12, bytes.length, true)
  view.setUint32(16, originalLength ?? bytes.length, true)
  const comments = comment === undefined ? [] : options([[OPTION.comment, utf8ToBytes(comment)]])
  return block(BLOCK.enhancedPacket, [head, padded(bytes), ...comments])
}

/** A block: its type and length around its parts. */
function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 12)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  let at = 8
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  view.setUint32(at, length, true)
  return bytes
}

function options(entries: readonly (readonly [number, Uint8Array])[]): Uint8Array[] {
  return [...entries, [0, new Uint8Array(0)] as const].map(([code, value]) => {
    const option = new Uint8Array(4 + padding(value.length) + value.length)
    const view = new DataView(option.buffer)
    view.setUint16(0, code, true)
    view.setUint16(2, value.length, true)
    option.set(value, 4)
    return option
  })
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + padding(bytes.length))
  whole.set(bytes)
  return whole
}

/** Bytes to the next multiple of four. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4
}
