import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { reachCommand } from '#main/cli/reach-command'

import { fakeTerminal } from './fake-terminal'

const lab = (manifests: string): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: shop}
spec:
  fabric: {switches: [{name: tor, role: tor}]}
  nodes:
    - {name: node-1, uplinks: [{switch: tor}]}
    - {name: node-2, uplinks: [{switch: tor}]}
  cluster:
    workloads:
      - {name: web, labels: {app: web}, ports: [{name: http, port: 80}], nodes: [node-1]}
      - {name: client, labels: {app: client}, replicas: 2, nodes: [node-2]}
    manifests:
${manifests}
  variants: [{name: host, cni: none}, {name: calico, cni: calico}, {name: cilium, cni: cilium}, {name: flannel, cni: flannel}]
  traffic: [{name: get, kind: tcp-rr, from: {pod: default/client-0}, to: {pod: default/web-0}}]
`

const closed = '      - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: default}, spec: {podSelector: {matchLabels: {app: web}}}}'

interface Answer {
  readonly variants: readonly {
    readonly name: string
    readonly unused: readonly unknown[]
    readonly groups: readonly string[][]
    readonly matrix: readonly string[]
    readonly traffic: readonly { readonly probes: readonly { readonly verdict: string; readonly decidedBy: { readonly ingress: object } }[] }[]
  }[]
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function reach(text: string, options: { readonly variant?: string[]; readonly port?: number } = {}): Promise<Answer> {
  const file = path.join(folder, 'shop.cnilab.yaml')
  await writeFile(file, text)
  const terminal = fakeTerminal()
  expect(await reachCommand(file, { protocol: 'TCP', json: true, ...options }, terminal)).toBe(0)
  return JSON.parse(terminal.written.out) as Answer
}

describe('reach', () => {
  it('says who decided about a lab’s traffic, plugin by plugin', async () => {
    const { variants } = await reach(lab(closed))
    const verdicts = variants.map(({ name, traffic }) => [name, traffic[0]!.probes[0]!.verdict, traffic[0]!.probes[0]!.decidedBy.ingress])
    expect(verdicts).toEqual([
      ['host', 'allow', { default: "pods are in their nodes' network, where no policy applies" }],
      ['calico', 'deny', { default: 'end of tier default: Deny' }],
      ['cilium', 'deny', { default: 'isolated for ingress, and no rule allows it' }],
      ['flannel', 'allow', { default: 'Flannel enforces no policies' }],
    ])
  })

  it('lists the objects that a plugin does not use', async () => {
    const tier = '      - {apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: t}, spec: {order: 1}}'
    const { variants } = await reach(lab(tier))
    expect(variants.map(({ unused }) => unused.length)).toEqual([1, 0, 1, 1])
  })

  it('puts pods that policy treats alike into one group of the matrix', async () => {
    const { variants } = await reach(lab(closed), { variant: ['calico'] })
    const [{ groups, matrix }] = variants as [Answer['variants'][number]]
    expect(groups).toEqual([['default/web-0'], ['default/client-0', 'default/client-1']])
    expect(matrix).toEqual(['da', 'da'])
  })

  it('asks pods at the port given', async () => {
    const open = `${closed.slice(0, -2)}, ingress: [{ports: [{port: http}]}]}}`
    const asked = await Promise.all([80, 81].map(async (port) => (await reach(lab(open), { variant: ['cilium'], port })).variants[0]!.matrix))
    expect(asked).toEqual([['a'], ['da', 'da']])
  })

  it('reads manifests from files in the lab’s folder', async () => {
    await writeFile(path.join(folder, 'closed.yaml'), closed.trim().slice(2))
    const { variants } = await reach(lab('      - {file: closed.yaml}'), { variant: ['calico'] })
    expect(variants[0]!.traffic[0]!.probes[0]!.verdict).toBe('deny')
    await expect(reach(lab('      - {file: missing.yaml}'))).rejects.toThrow('missing.yaml')
  })
})
