import { readFileSync } from 'node:fs'

import { bgpVectorSchema, BgpSimulation, readVector } from '#main/simulation/bgp/index'
import { formatIpv4Address } from '#shared/units/index'
import { encodeBgpMessage } from '#shared/wire/bgp/index'
import { expect, it } from 'vitest'

import { bgpStreams } from '../../../../support/bgp-streams'
import { loadVector } from '../../../../support/bgp-vectors'

/** Bytes of every message by sender and receiver, without order. */
function byPair(messages: readonly { from: string; to: string; hex: string }[]): Record<string, string[]> {
  const pairs: Record<string, string[]> = {}
  for (const { from, to, hex } of messages) (pairs[`${from} ${to}`] ??= []).push(hex)
  for (const list of Object.values(pairs)) list.sort()
  return pairs
}

it('a simulated mesh says to the byte what BIRD was captured saying', () => {
  const { speakers, network } = readVector(bgpVectorSchema.parse(loadVector('mesh5')))
  const simulation = new BgpSimulation(speakers, network, { seed: 1, record: true })
  simulation.runUntil(10e9)
  const simulated = simulation.messages.map(({ from, to, addPath, message }) => ({
    from: formatIpv4Address(from),
    to: formatIpv4Address(to),
    hex: Buffer.from(encodeBgpMessage(message, { addPath })).toString('hex'),
  }))
  const capture = readFileSync(new URL('../../../../fixture/wire/bgp/bgp_mesh5_convergence.pcap', import.meta.url))
  const captured = bgpStreams(capture).flatMap(({ key, bytes }) => {
    const addresses = Buffer.from(key.slice(0, 16), 'hex')
    const [from, to] = [addresses.subarray(0, 4).join('.'), addresses.subarray(4).join('.')]
    const parts: { from: string; to: string; hex: string }[] = []
    for (let at = 0; at < bytes.length; at += bytes.readUInt16BE(at + 16)) {
      parts.push({ from, to, hex: bytes.subarray(at, at + bytes.readUInt16BE(at + 16)).toString('hex') })
    }
    return parts
  })
  // Which of two blocks a speaker names first is up to its hash table; everything else is the same.
  const sorted = (pairs: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(pairs).map(([pair, list]) => [pair, list.map((hex) => hex.split('').sort().join(''))]))
  expect(sorted(byPair(simulated))).toEqual(sorted(byPair(captured)))
})
