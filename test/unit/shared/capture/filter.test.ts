import { matchesFilter, parseFilter } from '#shared/capture/index'
import { describe, expect, it } from 'vitest'

/** A TCP segment from 10.0.0.1:40000 to 10.0.0.2:80 in VXLAN from 192.168.0.1 to 192.168.0.2. */
const packet = [
  { protocol: 17, source: 0xc0a80001, destination: 0xc0a80002, sourcePort: 50_000, destinationPort: 4789 },
  { protocol: 6, source: 0x0a000001, destination: 0x0a000002, sourcePort: 40_000, destinationPort: 80 },
]

function matches(text: string): boolean {
  const filter = parseFilter(text)
  if (typeof filter === 'string') throw new Error(filter)
  return matchesFilter(filter, packet)
}

describe('a filter', () => {
  it.each([
    'tcp', 'udp', 'host 10.0.0.1', 'src host 10.0.0.1', 'dst host 192.168.0.2', 'port 80', 'dst port 4789', 'src port 40000',
    'tcp and port 80', 'icmp or tcp', 'not icmp', 'not (icmp or esp)', 'icmp and esp or tcp', 'tcp or icmp and esp',
    '!icmp && (port 80 || port 81)',
  ])('%s lets the packet through', (text) => {
    expect(matches(text)).toBe(true)
  })

  it.each([
    'icmp', 'not tcp', 'host 10.0.0.3', 'dst host 10.0.0.1', 'src port 80', 'port 81', 'tcp and icmp', '(tcp or icmp) and esp', 'not not icmp',
  ])('%s keeps the packet out', (text) => {
    expect(matches(text)).toBe(false)
  })

  it.each([
    ['', 'it ends too early'],
    ['tcp udp', '"udp" is not expected there'],
    ['(tcp', 'a parenthesis is not closed'],
    ['host nobody', '"nobody" is no IPv4 address'],
    ['port 70000', '"70000" is no port'],
    ['src tcp', '"tcp" is not expected there'],
    ['sctp', '"sctp" is not expected there'],
    ['toString', '"toString" is not expected there'],
  ])('%j is refused with the reason', (text, reason) => {
    expect(parseFilter(text)).toContain(reason)
  })
})
