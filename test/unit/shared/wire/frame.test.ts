import {
  completeFrame,
  ETHERNET,
  IPV4,
  readUint16,
  readUint32,
  TCP,
  UDP,
  VXLAN,
  writeEthernet,
  writeIpv4,
  writeTcp,
  writeUdp,
  writeUint16,
  writeVxlan,
  type FrameOffsets,
} from '#shared/wire/index'
import { describe, expect, it } from 'vitest'
import { fixtureFrame } from '../../../support/fixture-frame'

const outerIp = ETHERNET.length
const plain: FrameOffsets = { outerIp, outerUdp: -1, innerIp: outerIp, transport: outerIp + IPV4.length }
const ipip: FrameOffsets = {
  outerIp,
  outerUdp: -1,
  innerIp: outerIp + IPV4.length,
  transport: outerIp + 2 * IPV4.length,
}
const vxlanInner = outerIp + IPV4.length + UDP.length + VXLAN.length + ETHERNET.length
const vxlan: FrameOffsets = {
  outerIp,
  outerUdp: outerIp + IPV4.length,
  innerIp: vxlanInner,
  transport: vxlanInner + IPV4.length,
}

const cases = [
  { name: 'bgp.keepalive', offsets: plain, checksum: false },
  { name: 'ipip.udp_32', offsets: ipip, checksum: false },
  { name: 'ipip.tcp_syn_mss1440', offsets: ipip, checksum: false },
  { name: 'cilium.underlay.udp_32', offsets: vxlan, checksum: false },
  { name: 'cilium.underlay.udp_1422', offsets: vxlan, checksum: false },
  { name: 'calico.underlay.vxlan_tcp_ack', offsets: vxlan, checksum: true },
  { name: 'calico.underlay.vxlan_tcp_data1398', offsets: vxlan, checksum: true },
]

describe('completing a frame', () => {
  it.each(cases)('gives $name the lengths and checksums it has in the capture', ({ name, offsets, checksum }) => {
    const captured = fixtureFrame(name)
    const frame = Uint8Array.from(captured)
    for (const ip of new Set([offsets.outerIp, offsets.innerIp])) {
      writeUint16(frame, ip + IPV4.totalLength, 0)
      writeUint16(frame, ip + IPV4.checksum, 0)
    }
    if (offsets.outerUdp >= 0) {
      writeUint16(frame, offsets.outerUdp + UDP.datagramLength, 0)
      writeUint16(frame, offsets.outerUdp + UDP.checksum, 0)
    }
    const isUdp = frame[offsets.innerIp + IPV4.protocol] === 17
    if (isUdp) writeUint16(frame, offsets.transport + UDP.datagramLength, 0)
    writeUint16(frame, offsets.transport + (isUdp ? UDP.checksum : TCP.checksum), 0)
    completeFrame(frame, offsets, checksum)
    expect(frame).toEqual(captured)
  })
})

describe('writing headers', () => {
  it('makes the captured VXLAN frame of Cilium, byte by byte', () => {
    const captured = fixtureFrame('cilium.underlay.udp_32')
    const frame = Uint8Array.from(captured)
    frame.fill(0, 0, vxlan.transport + UDP.length)
    writeEthernet(frame, 0, 0x02000a000015, 0x02000a000016)
    const ip = (at: number) => ({
      source: readUint32(captured, at + IPV4.source),
      destination: readUint32(captured, at + IPV4.destination),
      protocol: 17,
      ttl: 64,
    })
    writeIpv4(frame, outerIp, { ...ip(outerIp), dontFragment: false })
    writeUdp(frame, vxlan.outerUdp, readUint16(captured, vxlan.outerUdp + UDP.sourcePort), 8472)
    writeVxlan(frame, vxlan.outerUdp + UDP.length, 1234)
    writeEthernet(frame, vxlanInner - ETHERNET.length, 0x0e0000000102, 0x0e0000000101)
    writeIpv4(frame, vxlanInner, { ...ip(vxlanInner), dontFragment: true })
    writeUdp(frame, vxlan.transport, readUint16(captured, vxlan.transport), 7000)
    for (const at of [outerIp, vxlanInner]) {
      writeUint16(frame, at + IPV4.identification, readUint16(captured, at + IPV4.identification))
    }
    completeFrame(frame, vxlan, false)
    expect(Buffer.from(frame).toString('hex')).toBe(Buffer.from(captured).toString('hex'))
  })

  it('makes the TCP header of a captured acknowledgement with timestamps', () => {
    const captured = fixtureFrame('calico.underlay.vxlan_tcp_ack').subarray(vxlan.transport)
    const header = new Uint8Array(TCP.length)
    writeTcp(header, 0, readUint16(captured, TCP.sourcePort), readUint16(captured, TCP.destinationPort))
    const ofTheConnection = [
      [TCP.sequence, 8],
      [TCP.window, 4],
      [TCP.timestampValue, 8],
    ] as const
    const expected = Uint8Array.from(captured)
    for (const [at, length] of ofTheConnection) expected.fill(0, at, at + length)
    expect(header).toEqual(expected)
  })
})
