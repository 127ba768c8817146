import { placePods } from '#main/simulation/kubernetes/index'
import { describe, expect, it } from 'vitest'

import { makeLab, nodesOn } from '../../../../support/make-lab'

const lab = (workloads: object[], nodes: object[] = nodesOn(['a'], 3)) =>
  makeLab({ fabric: { switches: [{ name: 'a' }] }, nodes, cluster: { workloads } })

const placed = (...parameters: Parameters<typeof lab>) =>
  placePods(lab(...parameters)).pods.map(({ reference, node }) => `${reference}@${node}`)

describe('pods', () => {
  it('of a workload with nodes go round those, from the first', () => {
    expect(placed([{ name: 'w', replicas: 3, nodes: ['node-3', 'node-1'] }])).toEqual([
      'default/w-0@2',
      'default/w-1@0',
      'default/w-2@2',
    ])
  })

  it('of workloads without nodes go round all, each workload on from the last', () => {
    expect(
      placed([
        { name: 'v', replicas: 2 },
        { name: 'w', replicas: 2 },
      ]),
    ).toEqual(['default/v-0@0', 'default/v-1@1', 'default/w-0@2', 'default/w-1@0'])
  })

  it('keep off tainted nodes unless their workload names them', () => {
    const nodes = [
      { name: 'node-1', taints: [{ key: 'gpu', effect: 'NoSchedule' }], uplinks: [{ switch: 'a' }] },
      { name: 'node-2', taints: [{ key: 'old', effect: 'PreferNoSchedule' }], uplinks: [{ switch: 'a' }] },
    ]
    expect(
      placed(
        [
          { name: 'w', replicas: 2 },
          { name: 'x', nodes: ['node-1'] },
        ],
        nodes,
      ),
    ).toEqual(['default/w-0@1', 'default/w-1@1', 'default/x-0@0'])
  })
})
