import { FabricNetwork } from '#main/simulation/bgp/index'
import { buildTopology } from '#main/simulation/topology/index'
import { parseLab } from '#shared/lab/index'
import { beforeEach, describe, expect, it } from 'vitest'

const LAB = `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: fabric}
spec:
  fabric:
    switches: [{name: tor, role: tor, asn: 65001}, {name: spine-1, role: spine, asn: 65000}, {name: spine-2, role: spine, asn: 65000}, {name: leaf, role: tor, asn: 65002}]
    links:
      - {ends: [tor, spine-1], delay: 1us}
      - {ends: [tor, spine-1], delay: 2us}
      - {ends: [tor, spine-2], delay: 1us}
      - {ends: [leaf, spine-1], delay: 1us}
      - {ends: [leaf, spine-2], delay: 1us}
  nodes:
    - {name: node-1, uplinks: [{switch: tor, delay: 1us}]}
`
const { topology } = buildTopology(parseLab(LAB).lab!)
const [tor, spine, , leaf, node] = [0, 1, 2, 3, 4] as const
const [first, second] = [0, 1] as const

describe('messages of BGP through the fabric', () => {
  let network: FabricNetwork
  beforeEach(() => {
    network = new FabricNetwork(topology, [0, 1, 2, 3, 4])
  })

  it('take the link whose addresses their session has', () => {
    expect([network.delayNs(tor, spine, first), network.delayNs(tor, spine, second)]).toEqual([1000, 2000])
  })

  it('are lost with that link, though another leads to the same switch, and others around', () => {
    network.setLink(first, { frames: false })
    expect([network.delayNs(tor, spine, first), network.delayNs(tor, spine, second)]).toEqual([undefined, 2000])
    network.setLink(second, { frames: false })
    expect(network.delayNs(tor, spine, second)).toBeUndefined()
  })

  it('of other sessions take a detour', () => {
    expect(network.delayNs(node, leaf)).toBe(3000)
    network.setLink(first, { carrier: false })
    network.setLink(second, { carrier: false })
    expect(network.delayNs(node, spine)).toBe(4000)
  })
})
