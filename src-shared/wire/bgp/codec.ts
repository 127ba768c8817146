import { ipv4Address, ipv4Prefix } from '#shared/units/index'

import { readUint16, readUint32 } from '../big-endian'
import { readAttributes, writeAttributes } from './attributes'
import { ByteWriter } from './byte-writer'
import { readCapabilities, writeCapability } from './capabilities'
import {
  AS_TRANS,
  BGP_ERROR,
  BGP_HEADER_BYTES,
  BGP_MAX_BYTES,
  BGP_TYPE,
  BgpMessageError,
  type BgpMessage,
  type BgpOpen,
  type BgpRoute,
  type BgpUpdate,
} from './message'

/** What a session has negotiated that changes how messages are read and written. */
export interface BgpCodecOptions {
  /** Whether routes carry path identifiers. */
  readonly addPath: boolean
}

const VERSION = 4
const CAPABILITIES_PARAMETER = 2

/** The bytes of a message, as on the wire. Throws a RangeError where it would be longer than a message may be. */
export function encodeBgpMessage(message: BgpMessage, options: BgpCodecOptions): Uint8Array {
  const body = new ByteWriter()
  switch (message.kind) {
    case 'open':
      writeOpen(body, message)
      break
    case 'update':
      writeUpdate(body, message, options)
      break
    case 'notification':
      body.uint8(message.code, message.subcode)
      body.bytes(message.data)
      break
    case 'keepalive':
      break
  }
  const length = BGP_HEADER_BYTES + body.length
  if (length > BGP_MAX_BYTES) throw new RangeError(`A BGP message of ${length} bytes is too long`)
  const out = new Uint8Array(length)
  out.fill(0xff, 0, 16)
  out[16] = length >>> 8
  out[17] = length & 0xff
  out[18] = BGP_TYPE[message.kind]
  out.set(body.finish(), BGP_HEADER_BYTES)
  return out
}

/**
 * Reads the messages at the start of a stream of bytes; `rest` is what begins an incomplete one.
 * Throws a {@link BgpMessageError} where a message is not well formed.
 */
export function decodeBgpMessages(
  bytes: Uint8Array,
  options: BgpCodecOptions,
): { messages: BgpMessage[]; rest: Uint8Array } {
  const messages: BgpMessage[] = []
  let at = 0
  while (bytes.length - at >= BGP_HEADER_BYTES) {
    const length = readUint16(bytes, at + 16)
    if (length < BGP_HEADER_BYTES || length > BGP_MAX_BYTES) {
      throw new BgpMessageError(BGP_ERROR.header, 2, `A message cannot be ${length} bytes long.`)
    }
    if (bytes.length - at < length) break
    messages.push(decodeBody(bytes[at + 18]!, bytes.subarray(at + BGP_HEADER_BYTES, at + length), options))
    at += length
  }
  return { messages, rest: bytes.subarray(at) }
}

function decodeBody(type: number, body: Uint8Array, options: BgpCodecOptions): BgpMessage {
  switch (type) {
    case BGP_TYPE.open:
      return readOpen(body)
    case BGP_TYPE.update:
      return readUpdate(body, options)
    case BGP_TYPE.notification:
      return { kind: 'notification', code: body[0] ?? 0, subcode: body[1] ?? 0, data: body.slice(2) }
    case BGP_TYPE.keepalive:
      return { kind: 'keepalive' }
    default:
      throw new BgpMessageError(BGP_ERROR.header, 3, `There is no message type ${type}.`)
  }
}

function writeOpen(out: ByteWriter, open: BgpOpen): void {
  out.uint8(VERSION)
  out.uint16(open.asn > 0xffff ? AS_TRANS : open.asn)
  out.uint16(open.holdSeconds)
  out.uint32(open.identifier)
  out.counted(8, (parameters) => {
    if (open.capabilities.length === 0) return
    parameters.uint8(CAPABILITIES_PARAMETER)
    parameters.counted(8, (capabilities) => {
      for (const capability of open.capabilities) writeCapability(capabilities, capability)
    })
  })
}

function readOpen(body: Uint8Array): BgpOpen {
  if (body.length < 10 || body.length < 10 + body[9]!) throw new BgpMessageError(BGP_ERROR.open, 0, 'The OPEN is cut off.')
  if (body[0] !== VERSION) throw new BgpMessageError(BGP_ERROR.open, 1, `Version ${body[0]} is not spoken.`)
  const capabilities: BgpOpen['capabilities'][number][] = []
  for (let at = 10; at < 10 + body[9]!; at += 2 + body[at + 1]!) {
    if (body[at] !== CAPABILITIES_PARAMETER) throw new BgpMessageError(BGP_ERROR.open, 4, 'An optional parameter is unknown.')
    capabilities.push(...readCapabilities(body.subarray(at + 2, at + 2 + body[at + 1]!)))
  }
  const fourOctets = capabilities.find((capability) => capability.kind === 'four-octet-as')
  return {
    kind: 'open',
    asn: fourOctets?.asn ?? readUint16(body, 1),
    holdSeconds: readUint16(body, 3),
    identifier: ipv4Address(readUint32(body, 5)),
    capabilities,
  }
}

function writeUpdate(out: ByteWriter, update: BgpUpdate, options: BgpCodecOptions): void {
  out.counted(16, (withdrawn) => writeRoutes(withdrawn, update.withdrawn, options))
  out.counted(16, (attributes) => {
    if (update.attributes) writeAttributes(attributes, update.attributes)
  })
  writeRoutes(out, update.announced, options)
}

function readUpdate(body: Uint8Array, options: BgpCodecOptions): BgpUpdate {
  const withdrawnEnd = 2 + readUint16(body, 0)
  const attributesEnd = withdrawnEnd + 2 + readUint16(body, withdrawnEnd)
  if (!(attributesEnd <= body.length)) throw new BgpMessageError(BGP_ERROR.update, 1, 'The UPDATE is cut off.')
  const attributes = readAttributes(body.subarray(withdrawnEnd + 2, attributesEnd))
  return {
    kind: 'update',
    withdrawn: readRoutes(body.subarray(2, withdrawnEnd), options),
    ...(attributes && { attributes }),
    announced: readRoutes(body.subarray(attributesEnd), options),
  }
}

function writeRoutes(out: ByteWriter, routes: readonly BgpRoute[], { addPath }: BgpCodecOptions): void {
  for (const { prefix, pathId } of routes) {
    if (addPath) out.uint32(pathId ?? 0)
    out.uint8(prefix.length)
    for (let shift = 24; shift > 24 - 8 * Math.ceil(prefix.length / 8); shift -= 8) out.uint8(prefix.network >>> shift)
  }
}

function readRoutes(bytes: Uint8Array, { addPath }: BgpCodecOptions): BgpRoute[] {
  const routes: BgpRoute[] = []
  let at = 0
  while (at < bytes.length) {
    const pathId = addPath ? readUint32(bytes, at) : undefined
    if (addPath) at += 4
    const length = bytes[at++] ?? 33
    const octets = Math.ceil(length / 8)
    if (length > 32 || at + octets > bytes.length) throw new BgpMessageError(BGP_ERROR.update, 10, 'A route is cut off.')
    let network = 0
    for (let octet = 0; octet < octets; octet++) network += bytes[at + octet]! * 2 ** (24 - 8 * octet)
    at += octets
    routes.push({ prefix: ipv4Prefix(ipv4Address(network), length), ...(pathId !== undefined && { pathId }) })
  }
  return routes
}
