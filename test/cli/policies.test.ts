import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runCli } from '../support/run-cli'

const example = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')

let folder = ''
const file = (name: string, text: string): string => {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}

beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'cni-lab-policies-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-friends, namespace: default}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{from: [{podSelector: {matchLabels: {app: friend}}}]}]
`

/** The example with a policy that its traffic offends against, in a file next to it. */
function guardedLab(): string {
  file('policy.yaml', policy)
  const text = readFileSync(example, 'utf8')
  return file('guarded.cnilab.yaml', text.replace(/^(\s*)namespaces:.*$/mu, '$&\n$1manifests: [{file: policy.yaml}]'))
}

describe('cni-lab reach', () => {
  it('says which rule or default decides, and that none does without a plugin', async () => {
    const { code, out, error } = await runCli(['reach', guardedLab(), '--json'])
    expect({ code, error }).toEqual({ code: 0, error: '' })
    const result = JSON.parse(out) as { variants: { name: string; traffic: { probes: object[] }[]; matrix: string[] }[] }
    const [host, calico, cilium] = result.variants
    expect(host).toMatchObject({ dialect: 'none', traffic: [{ probes: [{ verdict: 'allow' }] }, {}] })
    for (const variant of [calico, cilium]) {
      expect(variant!.traffic[0]!.probes).toMatchObject([{ from: 'default/client-0', to: 'default/server-0', verdict: 'deny' }])
      expect(variant!.matrix.join('')).toContain('d')
    }
    expect(JSON.stringify(calico!.traffic[0]!.probes)).toContain('end of tier default: Deny')
  })

  it('asks about one variant, port and protocol', async () => {
    const { code, out } = await runCli(['reach', guardedLab(), '--variant', 'host', '--port', '53', '--protocol', 'UDP'])
    expect(code).toBe(0)
    expect(out).toContain('host')
    expect(out).not.toContain('cilium-vxlan')
  })

  it.each([
    ['a variant that the lab has not', ['--variant', 'flannel'], 'run.unknown-variant'],
    ['a protocol that is none', ['--protocol', 'GRE'], ''],
  ])('refuses %s with exit code 2', async (_what, options, reason) => {
    const { code, out, error } = await runCli(['reach', example, ...options])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(reason)
    expect(error).not.toMatch(/^ +at /mu)
  })

  it('answers every case of a file of vectors', async () => {
    const vectors = path.resolve('test/fixture/policy/cyclonus-recipes.json')
    const { code, out } = await runCli(['reach', '--vectors', vectors, '--json'])
    expect(code).toBe(0)
    const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: object[] }
    expect((JSON.parse(out) as { cases: object[] }).cases).toHaveLength(cases.length)
  })
})

describe('cni-lab import', () => {
  it('makes a lab of a dump, and lists what it leaves out with the reason', async () => {
    const pod = (name: string, node: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: name } },
      spec: { nodeName: node, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }] },
      status: { phase: 'Running', podIP: '10.244.1.7' },
    })
    const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { capacity: { cpu: '4' } } })
    const items = [node('n1'), node('n2'), pod('server', 'n1'), pod('client', 'n2'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }]
    const dump = file('dump.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    const lab = path.join(folder, 'imported.cnilab.yaml')
    const { code, out, error } = await runCli(['import', dump, file('policy2.yaml', policy), '--out', lab, '--json'])
    expect({ code, error }).toEqual({ code: 0, error: '' })
    const result = JSON.parse(out) as { used: object; leftOut: { object: string; reason: string }[]; problems: object[] }
    expect(result).toMatchObject({ objects: 6, used: { Node: 2, Pod: 2, NetworkPolicy: 1 }, problems: [{ code: 'selects-nothing' }] })
    expect(result.leftOut.map(({ object }) => object).join('\n')).toContain('Secret')
    expect((await runCli(['validate', lab])).code).toBe(0)
    const reach = JSON.parse((await runCli(['reach', lab, '--json'])).out) as { variants: { matrix: string[] }[] }
    expect(reach.variants.some(({ matrix }) => matrix.join('').includes('d'))).toBe(true)
  })

  it.each([
    ['a file that is not there', 'missing.yaml', undefined, 'import.unreadable'],
    ['text that is no manifest', 'broken.yaml', 'a: [', 'import.syntax'],
    ['nothing', 'empty.yaml', '', 'import.empty'],
  ])('refuses %s with exit code 2 and writes nothing', async (_what, name, text, reason) => {
    if (text !== undefined) file(name, text)
    const { code, out, error } = await runCli(['import', path.join(folder, name), '--out', path.join(folder, 'none.cnilab.yaml')])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(reason)
    expect(() => readFileSync(path.join(folder, 'none.cnilab.yaml'))).toThrow('ENOENT')
  })
})
