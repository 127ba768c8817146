import { CalicoIpam, type CalicoIpamRules } from '#main/simulation/ipam/index'
import { formatIpv4Address, formatIpv4Prefix, ipv4Address, ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

/** A pool of four blocks of four addresses. */
const rules: CalicoIpamRules = {
  pools: [{ cidr: ipv4Prefix(ipv4Address(0x0a000000), 28), blockLength: 30 }],
  strictAffinity: false,
  maxBlocksPerHost: 20,
}

function ask(ipam: CalicoIpam, host: string, times: number, atSeconds = 0): string[] {
  return Array.from({ length: times }, () => {
    const address = ipam.assign(host, atSeconds)
    return typeof address === 'string' ? address : formatIpv4Address(address)
  })
}

describe('Calico’s addresses', () => {
  it('are used from the network’s own to the broadcast address of a block', () => {
    expect(ask(new CalicoIpam(rules), 'node1', 4)).toEqual(['10.0.0.8', '10.0.0.9', '10.0.0.10', '10.0.0.11'])
  })

  it('that were released come last, the first released first', () => {
    const ipam = new CalicoIpam(rules)
    ask(ipam, 'node1', 3)
    ipam.release(ipv4Address(0x0a000009))
    ipam.release(ipv4Address(0x0a000008))
    expect(ask(ipam, 'node1', 3)).toEqual(['10.0.0.11', '10.0.0.9', '10.0.0.8'])
    expect(ipam.release(ipv4Address(0x0a000000))).toBe(false)
  })

  it('of the pool exhausted are borrowed one by one, and then none are left', () => {
    const ipam = new CalicoIpam(rules)
    ask(ipam, 'node1', 13)
    expect(ipam.blocksOf('node1').map(({ prefix }) => formatIpv4Prefix(prefix))).toEqual([
      '10.0.0.8/30', '10.0.0.12/30', '10.0.0.0/30', '10.0.0.4/30',
    ])
    expect(ask(ipam, 'node2', 4)).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.7', 'pools-exhausted'])
    expect(ipam.blocksOf('node1')[3]!.borrowed.map(({ host }) => host)).toEqual(['node2', 'node2', 'node2'])
    expect(ask(new CalicoIpam({ ...rules, maxBlocksPerHost: 1 }), 'node1', 5)[4]).toBe('block-limit')
  })

  it('may come from a block that another node has left empty for more than a minute', () => {
    const ipam = new CalicoIpam({ ...rules, strictAffinity: true })
    for (let block = 0; block < 4; block++) ipam.claim('node1', 0)
    expect(ask(ipam, 'node2', 1, 60)).toEqual(['pools-exhausted'])
    expect(ask(ipam, 'node2', 1, 61)).toEqual(['10.0.0.0'])
    expect(ipam.blocksOf('node1')).toHaveLength(3)
  })

  it('of a deleted node’s empty blocks are free at once', () => {
    const ipam = new CalicoIpam({ ...rules, strictAffinity: true })
    for (let block = 0; block < 4; block++) ipam.claim('node1', 0)
    ipam.removeHost('node1')
    expect(ask(ipam, 'node2', 1)).toEqual(['10.0.0.0'])
  })

  it('of an empty block that changed hands are given from its beginning again', () => {
    const ipam = new CalicoIpam({ ...rules, strictAffinity: true })
    for (let block = 0; block < 4; block++) ipam.claim('node1', 0)
    const [first] = ask(ipam, 'node1', 1)
    expect(first).toBe('10.0.0.0')
    ipam.release(ipv4Address(0x0a000000))
    expect(ask(ipam, 'node2', 1, 61)).toEqual(['10.0.0.0'])
  })

  it('of a deleted node’s blocks are free once the last was released', () => {
    const ipam = new CalicoIpam({ ...rules, strictAffinity: true })
    ask(ipam, 'node1', 13)
    ipam.removeHost('node1')
    expect(ask(ipam, 'node2', 1)).toEqual(['pools-exhausted'])
    ipam.release(ipv4Address(0x0a000004))
    expect(ask(ipam, 'node2', 1, 61)).toEqual(['10.0.0.4'])
  })

  it('come from the block that the datastore lists first, by the text of its name', () => {
    const ipam = new CalicoIpam(rules)
    ask(ipam, 'node1', 8)
    ipam.release(ipv4Address(0x0a000008))
    ipam.release(ipv4Address(0x0a00000c))
    expect(ask(ipam, 'node1', 2)).toEqual(['10.0.0.12', '10.0.0.8'])
  })
})
