import { describe, expect, it } from 'vitest'

import type { Pod } from '#main/simulation/kubernetes/index'
import { assignIdentities, podsWithoutIdentity } from '#main/simulation/policy/index'

const ONE_CLUSTER = { labels: '', clustermesh: { maxConnectedClusters: 255 } } as const

function pod(labels: Readonly<Record<string, string>>, more: Partial<Pod> = {}): Pod {
  return {
    reference: 'default/pod', workload: 'default/pod', namespace: 'default', serviceAccount: 'default', ports: [], hostNetwork: false, node: 0,
    labels, ...more,
  }
}

function jobs(count: number): Pod[] {
  return Array.from({ length: count }, (_, run) => pod({ app: 'job', run: String(run) }))
}

describe('identities', () => {
  it('are shared by pods of one namespace and service account with equal labels', () => {
    const pods = [pod({ app: 'a', tier: 'b' }), pod({ tier: 'b', app: 'a' }), pod({ app: 'a' }), pod({ app: 'a' }, { namespace: 'other' }), pod({ app: 'a' }, { serviceAccount: 'other' })]
    expect(assignIdentities(pods, ONE_CLUSTER)).toEqual({ ofPod: [256, 256, 257, 258, 259], count: 4, limit: 65_280, without: [] })
  })

  it.each([
    ['pod-template-hash', true],
    ['statefulset.kubernetes.io/pod-name', true],
    ['batch.kubernetes.io/job-completion-index', true],
    ['controller-revision-hash', true],
    ['app.kubernetes.io/instance', false],
    ['topology.kubernetes.io/zone', false],
    ['run', false],
  ])('ignore labels that Kubernetes numbers pods by: %s', (key, isIgnored) => {
    const pods = [pod({ [key]: 'a' }), pod({ [key]: 'b' })]
    expect(assignIdentities(pods, ONE_CLUSTER).count).toBe(isIgnored ? 1 : 2)
  })

  it.each([
    ['', 3],
    ['!run', 1],
    ['k8s:!run', 1],
    ['k8s:app', 1],
    ['app run', 3],
  ])('follow the patterns that the agent is given: "%s"', (labels, count) => {
    expect(assignIdentities(jobs(3), { ...ONE_CLUSTER, labels }).count).toBe(count)
  })

  it('are for those who come first, and there are half as many in a mesh of up to 511 clusters', () => {
    const mesh = { labels: '', clustermesh: { maxConnectedClusters: 511 } } as const
    const pods = [pod({ app: 'late' }, { createdNs: 1 }), ...jobs(32_512), pod({ app: 'job', run: '7' }, { createdNs: 2 })]
    const { ofPod, count, limit, without } = assignIdentities(pods, mesh)
    expect({ count, limit, without }).toEqual({ count: 32_512, limit: 32_512, without: [0] })
    expect([ofPod[0], ofPod.at(-1)]).toEqual([5, ofPod[8]])
    expect([...podsWithoutIdentity(pods, mesh)]).toEqual([0])
    expect(podsWithoutIdentity(pods, ONE_CLUSTER).size).toBe(0)
  })
})
