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

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, `${name}.cnilab.yaml`)
  await writeFile(file, text)
  return file
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
    await expect(reach(lab('      - {file: missing.yaml}'))).rejects.toThrow('(unreadable)')
  })
})

describe('cni-lab reach with a proposal', () => {
  const staged = '      - {apiVersion: projectcalico.org/v3, kind: StagedNetworkPolicy, metadata: {name: close, namespace: default}, spec: {selector: "app == \'web\'", types: [Ingress]}}'

  it('says what enforcing staged policies would change, and what would decide', async () => {
    const terminal = fakeTerminal()
    expect(await reachCommand(await write('staged', lab(staged)), { staged: true, protocol: 'TCP', json: true }, terminal)).toBe(0)
    const { variants } = JSON.parse(terminal.written.out) as { variants: { name: string; staged: object[]; traffic: object[]; pairs: object[] }[] }
    const [, calico, cilium] = variants
    expect(calico).toMatchObject({
      staged: [{ object: 'NetworkPolicy default/close', change: 'added' }],
      traffic: [{ name: 'get', becomes: 'denied', connections: 1, after: { decidedBy: { ingress: { default: 'end of tier default: Deny' } } } }],
      pairs: [{ from: 'default/client', to: 'default/web', pairs: 2 }],
    })
    expect(cilium).toMatchObject({ staged: [], traffic: [], pairs: [] })
    const words = fakeTerminal()
    await reachCommand(path.join(folder, 'staged.cnilab.yaml'), { staged: true, protocol: 'TCP' }, words)
    expect(words.written.out).toContain('NetworkPolicy default/close would be added')
    expect(words.written.out).toContain('nothing is staged that this variant reads')
  })

  it('compares another file of the lab', async () => {
    const terminal = fakeTerminal()
    const draft = await write('draft', lab(closed))
    expect(await reachCommand(await write('open', lab('      []')), { draft, variant: ['cilium'], protocol: 'TCP' }, terminal)).toBe(0)
    expect(terminal.written.out).toMatch(/get +denied +1 of 1/u)
  })
})
