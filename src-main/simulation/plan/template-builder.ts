import type { TemplateTable } from '#shared/plan/index'
import {
  ETHERNET,
  IP_PROTOCOL,
  IPV4,
  macOfAddress,
  TCP,
  UDP,
  VXLAN,
  writeEthernet,
  writeIpv4,
  writeTcp,
  writeUdp,
  writeVxlan,
  type FrameOffsets,
  type MacAddress,
} from '#shared/wire/index'

import { DEFAULT_TTL, encapsulationBytes, type WireHeaders } from '../cni/common/index'

/** What a template is made of. */
export interface TemplateRequest {
  readonly headers: WireHeaders
  readonly transport: 'tcp' | 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Elements at both ends of the first link, of which the frame's addresses are made. */
  readonly sender: number
  readonly nextHop: number
}

/** Bytes of a transport header: TCP with the timestamp option. */
export const TRANSPORT_BYTES = { tcp: TCP.length, udp: UDP.length } as const

/** First two bytes of the addresses of elements; the rest is the element's number. Locally administered. */
const ELEMENT_MAC_PREFIX = 0x0200

/** Bytes of the outermost IP packet beyond the payload. */
export function headerBytes(headers: WireHeaders, transport: 'tcp' | 'udp'): number {
  return encapsulationBytes(headers) + IPV4.length + TRANSPORT_BYTES[transport]
}

/** Collects header templates: bytes as they leave the sender's NIC, from the Ethernet header to the transport's. */
export class TemplateBuilder {
  private readonly templates: { bytes: Uint8Array; offsets: FrameOffsets }[] = []

  /** Adds a template and returns its number. */
  add(request: TemplateRequest): number {
    this.templates.push(buildTemplate(request))
    return this.templates.length - 1
  }

  /** The columns of the plan. */
  finish(): TemplateTable {
    const first = new Int32Array(this.templates.length + 1)
    this.templates.forEach(({ bytes }, index) => (first[index + 1] = first[index]! + bytes.length))
    const all = new Uint8Array(first[this.templates.length]!)
    this.templates.forEach(({ bytes }, index) => all.set(bytes, first[index]))
    const offsets = (pick: (offsets: FrameOffsets) => number) =>
      Int32Array.from(this.templates, (each) => pick(each.offsets))
    return {
      count: this.templates.length,
      bytes: all,
      first,
      outerIp: offsets(({ outerIp }) => outerIp),
      outerUdp: offsets(({ outerUdp }) => outerUdp),
      innerIp: offsets(({ innerIp }) => innerIp),
      transport: offsets(({ transport }) => transport),
    }
  }
}

/** Writes one template. Lengths, identifications, checksums, sequence numbers and a tunnel's source port are left zero. */
export function buildTemplate(request: TemplateRequest): { bytes: Uint8Array; offsets: FrameOffsets } {
  const { headers, transport, sourcePort, destinationPort } = request
  const bytes = new Uint8Array(ETHERNET.length + headerBytes(headers, transport))
  writeEthernet(bytes, 0, elementMac(request.sender), elementMac(request.nextHop))
  const { innerIp, outerUdp } = writeEncapsulation(bytes, headers)
  const protocol = IP_PROTOCOL[transport]
  // Linux sends TCP, and UDP that fits the MTU, with "don't fragment" set (ip_no_pmtu_disc 0, IP_PMTUDISC_WANT).
  writeIpv4(bytes, innerIp, { ...headers, protocol, dontFragment: true })
  const at = innerIp + IPV4.length
  if (transport === 'tcp') writeTcp(bytes, at, sourcePort, destinationPort)
  else writeUdp(bytes, at, sourcePort, destinationPort)
  return { bytes, offsets: { outerIp: ETHERNET.length, outerUdp, innerIp, transport: at } }
}

/** Writes the outer headers, if any, and says where the inner IP header goes. */
function writeEncapsulation(bytes: Uint8Array, headers: WireHeaders): { innerIp: number; outerUdp: number } {
  const outerIp = ETHERNET.length
  const { encapsulation } = headers
  if (encapsulation === undefined) return { innerIp: outerIp, outerUdp: -1 }
  if (encapsulation.kind === 'ipip') {
    const { source, destination } = encapsulation
    writeIpv4(bytes, outerIp, { source, destination, protocol: IP_PROTOCOL.ipip, ttl: headers.ttl, dontFragment: true })
    return { innerIp: outerIp + IPV4.length, outerUdp: -1 }
  }
  const { source, destination } = encapsulation
  const outerUdp = outerIp + IPV4.length
  const vxlan = outerUdp + UDP.length
  const innerEthernet = vxlan + VXLAN.length
  writeIpv4(bytes, outerIp, { source, destination, protocol: IP_PROTOCOL.udp, ttl: DEFAULT_TTL, dontFragment: false })
  writeUdp(bytes, outerUdp, 0, encapsulation.port)
  writeVxlan(bytes, vxlan, encapsulation.networkIdentifier)
  writeEthernet(bytes, innerEthernet, encapsulation.innerSource, encapsulation.innerDestination)
  return { innerIp: innerEthernet + ETHERNET.length, outerUdp }
}

function elementMac(element: number): MacAddress {
  return macOfAddress(ELEMENT_MAC_PREFIX, element)
}
