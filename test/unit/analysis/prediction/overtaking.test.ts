import { mayOvertake } from '#main/analysis/prediction/index'
import { testbedLab } from '#main/analysis/prediction/testbed-lab'
import { parseLab } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

import { makeTable, tableRow } from '../../../support/measurement-table'
import { planOf } from '../../../support/plan-of'

/** Of those that encrypt, what encrypts sets the pace. */
const PLAIN = [
  { cni: 'none' },
  ...['iptables', 'nftables', 'ebpf'].flatMap((dataplane) =>
    ['none', 'ipip', 'vxlan'].map((encapsulation) => ({ cni: 'calico', dataplane, encapsulation })),
  ),
  ...['vxlan', 'geneve', 'disabled'].flatMap((tunnel) =>
    ['legacy', 'bpf'].map((hostRouting) => ({ cni: 'cilium', tunnel, hostRouting })),
  ),
  { cni: 'flannel', backend: 'vxlan' },
  { cni: 'flannel', backend: 'host-gw' },
]

describe('streams that may overtake themselves', () => {
  it.each(PLAIN)('are those that lose their socket on the plugin’s way out of the node: %o', (variant) => {
    const table = makeTable([tableRow({ variant, scope: 'pod-to-pod' })])
    const row = table.rows[0]!
    const { lab } = parseLab(testbedLab(table, row, { ghz: 3, nicMtu: 1500, segmentBytes: 1400 }))
    const { flows, programs } = planOf(lab!, 'measured')
    expect(mayOvertake(table, row)).toBe(programs.orphanPass[flows.forwardTx[0]!]! >= 0)
  })
})
