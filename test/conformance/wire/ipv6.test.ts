import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { assemblePacket, dissectPacket, ICMPV6_TYPE, parsePacket, TCP_FLAG, writePcapng, type Packet, type PacketLayer } from '#shared/wire/index'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'cni-lab-ipv6-'))
afterAll(() => rmSync(folder, { recursive: true }))

const address = (...groups: number[]) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff]))
const POD = address(0xfd00, 0x10, 0x244, 0, 0, 0, 0, 0x1)
const OTHER = address(0xfd00, 0x10, 0x244, 1, 0, 0, 0, 0x2)
const LINK_LOCAL = address(0xfe80, 0, 0, 0, 0xecee, 0xeeff, 0xfeee, 0xeeee)
/** The group that a neighbour with POD's last three bytes listens to (RFC 4291, section 2.7.1). */
const SOLICITED = address(0xff02, 0, 0, 0, 0, 1, 0xff00, 0x1)
const frame: PacketLayer = { layer: 'ethernet', source: 0xeeeeeeeeeeee, destination: 0x0e0000000001 }
const ip = (source: Uint8Array, destination: Uint8Array, more: object = {}): PacketLayer =>
  ({ layer: 'ipv6', source, destination, hopLimit: 64, trafficClass: 0, flowLabel: 0xbeef, ...more })
const bytes = (...values: number[]): PacketLayer => ({ layer: 'payload', bytes: Uint8Array.from(values) })
const syn: PacketLayer = {
  layer: 'tcp', sourcePort: 40_000, destinationPort: 8080, sequence: 1000, acknowledgement: 0, flags: TCP_FLAG.syn, window: 64_800,
  options: Uint8Array.of(2, 4, 0x05, 0xa0, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7),
}
const onLink = { hopLimit: 255, flowLabel: 0 }

/** Packets by name, and what Wireshark makes of them. */
const PACKETS: Readonly<Record<string, { readonly packet: Packet; readonly fields: Readonly<Record<string, string>> }>> = {
  'an echo request': {
    packet: [frame, ip(POD, OTHER), { layer: 'icmpv6', type: ICMPV6_TYPE.echoRequest, code: 0, rest: 0x1a2b0001 }, bytes(1, 2, 3, 4, 5)],
    fields: { 'icmpv6.type': '128', 'ipv6.dst': 'fd00:10:244:1::2', 'ipv6.hlim': '64', 'ipv6.plen': '13', 'ipv6.flow': '0x00beef' },
  },
  'TCP’s SYN': {
    packet: [frame, ip(POD, OTHER, { trafficClass: 0xba }), syn],
    fields: { 'tcp.dstport': '8080', 'tcp.options.mss_val': '1440', 'ipv6.tclass': '0x000000ba', 'ipv6.nxt': '6' },
  },
  'a datagram': {
    packet: [frame, ip(POD, OTHER), { layer: 'udp', sourcePort: 40_000, destinationPort: 9999, checksum: true }, bytes(7, 8, 9)],
    fields: { 'udp.length': '11', 'ipv6.src': 'fd00:10:244::1' },
  },
  'the solicitation of a neighbour': {
    packet: [frame, ip(LINK_LOCAL, SOLICITED, onLink), { layer: 'icmpv6', type: ICMPV6_TYPE.neighbourSolicitation, code: 0, rest: 0 }, bytes(...POD, 1, 1, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee)],
    fields: { 'icmpv6.nd.ns.target_address': 'fd00:10:244::1', 'ipv6.hlim': '255', 'ipv6.dst': 'ff02::1:ff00:1' },
  },
  'a neighbour’s advertisement': {
    packet: [frame, ip(POD, LINK_LOCAL, onLink), { layer: 'icmpv6', type: ICMPV6_TYPE.neighbourAdvertisement, code: 0, rest: 0x60000000 }, bytes(...POD, 2, 1, 0x0e, 0, 0, 0, 0, 1)],
    fields: { 'icmpv6.nd.na.target_address': 'fd00:10:244::1', 'icmpv6.type': '136' },
  },
  'TCP in VXLAN': {
    packet: [
      frame, ip(POD, OTHER, { flowLabel: 0 }), { layer: 'udp', sourcePort: 50_000, destinationPort: 4789, checksum: true },
      { layer: 'vxlan', networkIdentifier: 4096 }, frame, ip(OTHER, POD), syn,
    ],
    fields: { 'vxlan.vni': '4096' },
  },
}

function tshark(name: string, filter: string, ...fields: string[]): string[] {
  const file = join(folder, 'ipv6.pcapng')
  writeFileSync(file, writePcapng([{ name: 'eth0', description: 'test', link: 'ethernet' }], [{ on: 0, atNs: 0, bytes: assemblePacket(PACKETS[name]!.packet) }]))
  const checks = ['tcp.check_checksum', 'udp.check_checksum'].flatMap((check) => ['-o', `${check}:TRUE`])
  const { stdout, error } = spawnSync('tshark', ['-r', file, ...checks, '-Y', filter, '-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((field) => ['-e', field])], { encoding: 'utf8' })
  if (error !== undefined) throw error
  return stdout.split('\n').filter((line) => line !== '')
}

const hasTshark = spawnSync('tshark', ['--version']).error === undefined
const WRONG = '_ws.malformed || _ws.expert.severity >= 0x800000 || tcp.checksum.status == 0 || udp.checksum.status == 0 || icmpv6.checksum.status == 0'

describe('packets of IPv6', () => {
  it.each(Object.entries(PACKETS))('%s is read as it was written', (_, { packet }) => {
    const made = assemblePacket(packet)
    expect(Buffer.from(assemblePacket(parsePacket(made, 'ethernet'))).equals(Buffer.from(made))).toBe(true)
    expect(parsePacket(made, 'ethernet').map(({ layer }) => layer)).toEqual(packet.map(({ layer }) => layer))
  })

  it.runIf(hasTshark).each(Object.entries(PACKETS))('%s has the fields that tshark dissects, and nothing wrong', (name, { packet, fields }) => {
    const names = Object.keys(fields)
    expect(tshark(name, WRONG, 'frame.number', '_ws.expert.message')).toEqual([])
    expect(tshark(name, 'frame', ...names)[0]!.split('\t')).toEqual(Object.values(fields))
    const read = dissectPacket(assemblePacket(packet), 'ethernet').flatMap((header) => header.fields)
    const withoutPadding = (value: string | undefined) => value?.replace(/^0x0+(?=.)/u, '0x')
    for (const [field, value] of Object.entries(fields)) expect([field, withoutPadding(read.find((each) => each.name === field)?.value)]).toEqual([field, withoutPadding(value)])
  })
})
