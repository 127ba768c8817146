import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'

import { podHistory } from '#main/simulation/agents/index'
import { parseLab } from '#shared/lab/index'

const SECOND = 1e9

/** A lab of so many nodes; faults and workloads as in a file. */
function history({ nodes = 3, seconds = 600, workloads, faults, cluster = {} }: {
  nodes?: number; seconds?: number; workloads: object[]; faults: object[]; cluster?: object
}) {
  const { lab, problems } = parseLab(stringify({
    apiVersion: 'cnilab.dev/v1alpha1', kind: 'Lab', metadata: { name: 'history' },
    spec: {
      fabric: { switches: [{ name: 'tor' }] },
      nodes: Array.from({ length: nodes }, (_, node) => ({ name: `node-${node + 1}`, uplinks: [{ switch: 'tor' }] })),
      cluster: { workloads, ...cluster },
      variants: [{ name: 'v', cni: 'calico' }],
      traffic: [{ name: 'ping', kind: 'icmp', from: { node: 'node-1' }, to: { node: 'node-2' } }],
      faults,
      run: { duration: `${seconds}s`, warmup: '0s' },
    },
  }))
  if (lab === undefined) throw new Error(JSON.stringify(problems))
  const { pods, ends, findings } = podHistory(lab)
  const after = ends.map(({ pod, atNs, replacement }) => ({
    gone: pods[pod]!.reference, at: atNs / SECOND,
    ...(replacement && { by: `${pods[replacement.pod]!.reference}@${lab.nodes[pods[replacement.pod]!.node]!.name}`, from: replacement.boundNs / SECOND }),
  }))
  return { after, findings }
}

const web = { name: 'web', replicas: 2 }
const quick = { controllerManager: { nodeMonitorGracePeriod: '4s', nodeMonitorPeriod: '1s' }, kubelet: { nodeLeaseDurationSeconds: 4 } }

describe('a pod that is deleted', () => {
  it('is replaced at once, by the next number, where the fewest of its workload are', () => {
    const { after } = history({ workloads: [web], faults: [{ at: '1s', kind: 'pod-delete', pod: 'default/web-0' }] })
    expect(after).toEqual([{ gone: 'default/web-0', at: 1, by: 'default/web-2@node-1', from: 1 }])
  })

  it('stays on the nodes that its workload names', () => {
    const { after } = history({ workloads: [{ ...web, replicas: 1, nodes: ['node-3'] }], faults: [{ at: '1s', kind: 'pod-evict', pod: 'default/web-0' }] })
    expect(after[0]!.by).toBe('default/web-1@node-3')
  })

  it.each(['StatefulSet', 'DaemonSet', 'Pod'])('has no other pod in its place in a %s', (kind) => {
    expect(history({ workloads: [{ ...web, kind }], faults: [{ at: '1s', kind: 'pod-delete', pod: 'default/web-0' }] }).after).toEqual([])
  })

  it('is the one that comes again where the fault says when', () => {
    expect(history({ workloads: [web], faults: [{ at: '1s', until: '2s', kind: 'pod-delete', pod: 'default/web-0' }] }).after).toEqual([])
  })
})

describe('a node that is lost', () => {
  const crash = { at: '10s', kind: 'node-crash', node: 'node-1' }

  it('is left by its pods after the grace period and their toleration', () => {
    // Given up between 40 s and 55 s after it was last heard of, and 300 s later.
    expect(history({ workloads: [web], faults: [crash] }).after).toEqual([{ gone: 'default/web-0', at: 357.5, by: 'default/web-2@node-3', from: 357.5 }])
  })

  it('is left sooner where timers say so', () => {
    const { after } = history({ workloads: [{ ...web, tolerationSeconds: 3 }], faults: [crash], cluster: quick })
    expect(after[0]!.at).toBe(17)
  })

  it('keeps its pods when it is back before', () => {
    expect(history({ workloads: [web], faults: [{ ...crash, until: '100s' }] }).after).toEqual([])
    expect(history({ workloads: [web], faults: [{ ...crash, until: '400s' }] }).after).toHaveLength(1)
  })

  it('leaves pods waiting that may run nowhere else, until it is back', () => {
    const bound = { name: 'web', nodes: ['node-1'], tolerationSeconds: 3 }
    expect(history({ workloads: [bound], faults: [crash], cluster: quick }).after).toEqual([{ gone: 'default/web-0', at: 17 }])
    expect(history({ workloads: [bound], faults: [{ ...crash, until: '60s' }], cluster: quick }).after[0]!.from).toBe(60)
  })

  it('takes turns with others: one in ten seconds', () => {
    const { after } = history({
      workloads: [{ name: 'web', replicas: 6, tolerationSeconds: 0 }], nodes: 6, cluster: quick,
      faults: [crash, { ...crash, node: 'node-2' }],
    })
    expect(after.map(({ gone, at }) => [gone, at])).toEqual([['default/web-0', 14], ['default/web-1', 24]])
  })

  it('is not evicted where most nodes are silent, for that is rather the network', () => {
    const faults = ['node-1', 'node-2', 'node-3'].map((node) => ({ ...crash, node }))
    const workloads = [{ name: 'web', replicas: 4, tolerationSeconds: 0 }]
    expect(history({ workloads, nodes: 3, faults, cluster: quick }).after).toEqual([])
    expect(history({ workloads, nodes: 4, faults, cluster: quick }).after).toEqual([])
    expect(history({ workloads, nodes: 6, faults, cluster: quick }).after).toHaveLength(3)
  })

  it('would be given up without reason where it renews its lease too seldom', () => {
    const { findings } = history({ workloads: [web], faults: [], cluster: { controllerManager: { nodeMonitorGracePeriod: '4s' } } })
    expect(findings.map(({ code }) => code)).toEqual(['out-of-range'])
  })
})
