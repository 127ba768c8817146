import { readUint16, readUint32 } from '../big-endian'
import type { ByteWriter } from './byte-writer'
import { BGP_ERROR, BgpMessageError, type BgpCapability } from './message'

/** Capability codes (IANA). */
const CODE = {
  multiprotocol: 1,
  routeRefresh: 2,
  gracefulRestart: 64,
  fourOctetAs: 65,
  addPath: 69,
  enhancedRouteRefresh: 70,
  longLivedGracefulRestart: 71,
} as const

/** Bits of the graceful restart capability. */
const RESTARTED = 0x8000
const FORWARDING = 0x80

/** Writes a capability: code, length, value. */
export function writeCapability(out: ByteWriter, capability: BgpCapability): void {
  switch (capability.kind) {
    case 'multiprotocol':
      out.uint8(CODE.multiprotocol, 4)
      out.uint16(capability.afi)
      out.uint8(0, capability.safi)
      return
    case 'route-refresh':
      out.uint8(CODE.routeRefresh, 0)
      return
    case 'graceful-restart':
      out.uint8(CODE.gracefulRestart, 2 + 4 * capability.families.length)
      out.uint16((capability.restarted ? RESTARTED : 0) | capability.restartSeconds)
      for (const { afi, safi, forwarding } of capability.families) {
        out.uint16(afi)
        out.uint8(safi, forwarding ? FORWARDING : 0)
      }
      return
    case 'four-octet-as':
      out.uint8(CODE.fourOctetAs, 4)
      out.uint32(capability.asn)
      return
    case 'add-path':
      out.uint8(CODE.addPath, 4 * capability.families.length)
      for (const { afi, safi, mode } of capability.families) {
        out.uint16(afi)
        out.uint8(safi, mode)
      }
      return
    case 'enhanced-route-refresh':
      out.uint8(CODE.enhancedRouteRefresh, 0)
      return
    case 'long-lived-graceful-restart':
      out.uint8(CODE.longLivedGracefulRestart, 7 * capability.families.length)
      for (const { afi, safi, forwarding, staleSeconds } of capability.families) {
        out.uint16(afi)
        out.uint8(safi, forwarding ? FORWARDING : 0, staleSeconds >>> 16)
        out.uint16(staleSeconds & 0xffff)
      }
      return
    case 'other':
      out.uint8(capability.code, capability.value.length)
      out.bytes(capability.value)
  }
}

/** Reads the capabilities in `bytes`. */
export function readCapabilities(bytes: Uint8Array): BgpCapability[] {
  const capabilities: BgpCapability[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0)
    if (end > bytes.length) throw new BgpMessageError(BGP_ERROR.open, 0, 'A capability is longer than its parameter.')
    capabilities.push(readCapability(bytes[at]!, bytes.subarray(at + 2, end)))
    at = end
  }
  return capabilities
}

function readCapability(code: number, value: Uint8Array): BgpCapability {
  const families = (width: number): number[] => Array.from({ length: Math.floor(value.length / width) }, (_, n) => n * width)
  if (code === CODE.multiprotocol && value.length === 4) {
    return { kind: 'multiprotocol', afi: readUint16(value, 0), safi: value[3]! }
  }
  if (code === CODE.routeRefresh && value.length === 0) return { kind: 'route-refresh' }
  if (code === CODE.gracefulRestart && value.length % 4 === 2) {
    const head = readUint16(value, 0)
    return {
      kind: 'graceful-restart',
      restarted: (head & RESTARTED) !== 0,
      restartSeconds: head & 0xfff,
      families: families(4).map((at) => ({
        afi: readUint16(value, at + 2),
        safi: value[at + 4]!,
        forwarding: (value[at + 5]! & FORWARDING) !== 0,
      })),
    }
  }
  if (code === CODE.fourOctetAs && value.length === 4) return { kind: 'four-octet-as', asn: readUint32(value, 0) }
  if (code === CODE.addPath && value.length % 4 === 0) {
    return {
      kind: 'add-path',
      families: families(4).map((at) => ({
        afi: readUint16(value, at),
        safi: value[at + 2]!,
        mode: addPathMode(value[at + 3]!),
      })),
    }
  }
  if (code === CODE.enhancedRouteRefresh && value.length === 0) return { kind: 'enhanced-route-refresh' }
  if (code === CODE.longLivedGracefulRestart && value.length % 7 === 0) {
    return {
      kind: 'long-lived-graceful-restart',
      families: families(7).map((at) => ({
        afi: readUint16(value, at),
        safi: value[at + 2]!,
        forwarding: (value[at + 3]! & FORWARDING) !== 0,
        staleSeconds: (value[at + 4]! << 16) | readUint16(value, at + 5),
      })),
    }
  }
  return { kind: 'other', code, value: value.slice() }
}

function addPathMode(mode: number): 1 | 2 | 3 {
  if (mode === 1 || mode === 2 || mode === 3) return mode
  throw new BgpMessageError(BGP_ERROR.open, 0, `ADD-PATH cannot have the mode ${mode}.`)
}
