import { describe, expect, it } from 'vitest'
import { runLab } from '../../../../support/run-lab'

/** A node with two uplinks to one switch sends sixteen streams to another. */
const lab = (bond: string): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: bond}
spec:
  fabric:
    switches: [{name: tor}]
  nodes:
    - {name: n1, nic: {rate: 10Gbit, bond: ${bond}}, uplinks: [{switch: tor}, {switch: tor}]}
    - {name: n2, nic: {rate: 25Gbit}, uplinks: [{switch: tor}]}
  variants: [{name: host, cni: none}]
  traffic:
    - {name: t, kind: udp-stream, from: {node: n1}, to: {node: n2, port: 80}, streams: 16, rate: 100Mbit}
  run: {duration: 20ms, warmup: 5ms, seeds: 1}
`

/** How busy the node's uplinks are, towards the switch. */
const use = (bond: string): number[] =>
  runLab(lab(bond), 'host').result.links.filter(({ ends }) => ends[0] === 'n1').map(({ utilisation }) => utilisation)

describe('a bond of two uplinks', () => {
  it('sends everything by the first where the second is its backup', () => {
    const [first, second] = use('{mode: active-backup}')
    expect(first).toBeGreaterThan(0.1)
    expect(second).toBe(0)
  })

  it('sends everything for one next hop by one link where it hashes layer 2', () => {
    expect(use('{mode: balance-xor}').filter((share) => share > 0)).toHaveLength(1)
  })

  it('spreads connections where it hashes their ports, as equal routes do', () => {
    for (const bond of ['{mode: 802.3ad, xmitHashPolicy: layer3+4}', '{mode: none}']) {
      for (const share of use(bond)) expect(share).toBeGreaterThan(0.02)
    }
  })
})
