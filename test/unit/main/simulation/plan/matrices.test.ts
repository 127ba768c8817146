import { describe, expect, it } from 'vitest'

import { makeLab, nodesOn } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

function flowsOf(traffic: object, replicas: { a: number; b: number } = { a: 6, b: 6 }) {
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor', role: 'tor' }] },
    nodes: nodesOn(['tor'], 3, { nic: { rate: '10Gbit' } }),
    cluster: {
      podCIDR: '10.244.0.0/16',
      serviceCIDR: '10.96.0.0/16',
      workloads: [
        { name: 'a', replicas: replicas.a },
        { name: 'b', replicas: replicas.b },
      ],
    },
    variants: [{ name: 'calico', cni: 'calico', settings: { ipPool: { ipipMode: 'Always', vxlanMode: 'Never' } } }],
    traffic: [{ name: 't', kind: 'tcp-stream', from: { workload: 'default/a' }, to: { workload: 'default/b' }, ...traffic }],
  })
  return planOf(lab, 'calico').flows
}

/** How many flows each pod has, by address. */
function degrees(addresses: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1)
  return [...counts.values()]
}

describe('traffic matrices', () => {
  it('as a permutation give every sender a receiver of its own, never itself', () => {
    const flows = flowsOf({ pattern: 'permutation', to: { workload: 'default/a' } })
    expect(flows.count).toBe(6)
    expect(degrees(flows.clientAddress)).toEqual(Array(6).fill(1))
    expect(degrees(flows.serverAddress)).toEqual(Array(6).fill(1))
    flows.clientAddress.forEach((client, flow) => expect(flows.serverAddress[flow]).not.toBe(client))
  })

  it('as a permutation are the same for every plan, and another for another entry', () => {
    const order = (name: string) => [...flowsOf({ name, pattern: 'permutation' }).serverAddress]
    expect(order('t')).toEqual(order('t'))
    expect(order('t')).not.toEqual(order('other'))
  })

  it('as incast send all to the first receiver', () => {
    const flows = flowsOf({ pattern: 'incast', streams: 2 })
    expect(degrees(flows.clientAddress)).toEqual(Array(6).fill(2))
    expect(degrees(flows.serverAddress)).toEqual([12])
  })

  it('all to all join every sender and every receiver but itself', () => {
    expect(flowsOf({ pattern: 'all-to-all', streams: 2 }, { a: 3, b: 4 }).count).toBe(3 * 4 * 2)
    expect(flowsOf({ pattern: 'all-to-all', to: { workload: 'default/a' } }).count).toBe(6 * 5)
  })

  it('in turn deal connections out to the receivers', () => {
    const flows = flowsOf({ streams: 2 }, { a: 3, b: 4 })
    expect(degrees(flows.clientAddress)).toEqual([2, 2, 2])
    expect(degrees(flows.serverAddress)).toEqual([2, 2, 1, 1])
  })
})

describe('demand', () => {
  it('of requests is shared by a sender’s pools in proportion to their connections', () => {
    const flows = flowsOf({ kind: 'http', pattern: 'all-to-all', streams: 2, requestRate: 1000 }, { a: 1, b: 4 })
    // 1000 requests a second over four receivers: a pool of two connections for each gets 250.
    expect([...flows.pool]).toEqual([0, 0, 2, 2, 4, 4, 6, 6])
    expect([...flows.gapNs]).toEqual(Array(8).fill(4e6))
  })

  it('of a load is what fills that share of the link of the sender’s node with answers', () => {
    const flows = flowsOf({ kind: 'http', load: 0.5, response: '100kB' }, { a: 6, b: 1 })
    // Two senders on each node share 0.5 × 10 Gbit/s: 6250 answers of 100 kB a second together.
    expect(flows.gapNs[0]).toBeCloseTo(1e9 / 3125, 6)
  })

  it('of a rate counts requests and answers', () => {
    expect(flowsOf({ kind: 'tcp-rr', rate: '8Mbit', request: '100B', response: '900B' }).gapNs[0]).toBeCloseTo(1e6, 6)
  })

  it('without any leaves no gap', () => {
    expect([...flowsOf({ kind: 'http' }).gapNs]).toEqual(Array(6).fill(0))
  })
})
