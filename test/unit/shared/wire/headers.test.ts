import { ETHERNET, IPV4, readUint16, TCP, UDP, VXLAN, writeTcp } from '#shared/wire/index'
import { expect, it } from 'vitest'

import { fixtureFrame } from '../../../support/fixture-frame'

it('writing TCP makes the header of a captured acknowledgement with timestamps', () => {
  const inner = ETHERNET.length + IPV4.length + UDP.length + VXLAN.length + ETHERNET.length
  const captured = fixtureFrame('calico.underlay.vxlan_tcp_ack').subarray(inner + IPV4.length)
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
