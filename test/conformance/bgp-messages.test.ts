import { readFileSync } from 'node:fs'

import { decodeBgpMessages, encodeBgpMessage, type BgpMessage } from '#shared/wire/bgp/index'
import { formatIpv4Address, formatIpv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

import { bgpStreams } from '../support/bgp-streams'

const streams = (name: string) =>
  bgpStreams(readFileSync(new URL(`../fixture/wire/bgp/${name}.pcap`, import.meta.url)))

/** ADD-PATH was negotiated in both captures: all speakers can send and receive it. */
const options = { addPath: true }
const captures = ['bgp_mesh5_convergence', 'bgp_mesh5_sigterm_notification']

describe.each(captures)('%s', (name) => {
  it('is the same bytes when read and written again', () => {
    for (const { bytes } of streams(name)) {
      const { messages, rest } = decodeBgpMessages(bytes, options)
      expect(rest).toHaveLength(0)
      expect(messages.length).toBeGreaterThan(0)
      expect(Buffer.concat(messages.map((message) => encodeBgpMessage(message, options))).equals(bytes)).toBe(true)
    }
  })
})

describe('a mesh of five speakers that comes up', () => {
  const messages = streams('bgp_mesh5_convergence').map(({ bytes }) => decodeBgpMessages(bytes, options).messages)
  const count = (matches: (message: BgpMessage) => boolean): number => messages.flat().filter(matches).length

  it('says OPEN, KEEPALIVE, one UPDATE and End-of-RIB once per session and direction', () => {
    expect(messages).toHaveLength(20)
    for (const direction of messages) {
      expect(direction.map(({ kind }) => kind)).toEqual(['open', 'keepalive', 'update', 'update'])
      expect(direction[3]).toEqual({ kind: 'update', withdrawn: [], announced: [] })
    }
  })

  it('announces two blocks to a speaker with itself as next hop', () => {
    const update = messages[0]![2]!
    if (update.kind !== 'update') throw new Error('not an UPDATE')
    expect(update.attributes).toMatchObject({ origin: 0, asPath: [], localPref: 100 })
    const own = formatIpv4Address(update.attributes!.nextHop).split('.')[3]!
    expect(update.announced.map(({ prefix }) => formatIpv4Prefix(prefix)).toSorted()).toEqual([
      `10.244.${own}.0/26`, `10.244.${own}.64/26`,
    ])
  })

  it('offers what Calico’s BIRD offers: a hold time of 240 s, restart time 120 s', () => {
    expect(count((message) => message.kind === 'open' && message.holdSeconds === 240 && message.asn === 64_512)).toBe(20)
    const open = messages[0]![0]!
    expect(open.kind === 'open' && open.capabilities).toEqual([
      { kind: 'multiprotocol', afi: 1, safi: 1 },
      { kind: 'route-refresh' },
      {
        kind: 'graceful-restart',
        restarted: false,
        restartSeconds: 120,
        families: [{ afi: 1, safi: 1, forwarding: false }],
      },
      { kind: 'four-octet-as', asn: 64_512 },
      { kind: 'add-path', families: [{ afi: 1, safi: 1, mode: 3 }] },
      { kind: 'enhanced-route-refresh' },
      { kind: 'long-lived-graceful-restart', families: [] },
    ])
  })
})

it('a clean shutdown is a Cease, administrative shutdown', () => {
  const ends = streams('bgp_mesh5_sigterm_notification')
    .flatMap(({ bytes }) => decodeBgpMessages(bytes, options).messages)
    .filter(({ kind }) => kind === 'notification')
  expect(ends.length).toBeGreaterThan(0)
  for (const end of ends) expect(end).toMatchObject({ code: 6, subcode: 2 })
})
