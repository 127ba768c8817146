import fc from 'fast-check'

import { FieldPlace, FieldReader } from '#main/simulation/kubernetes/field-reader'
import type { PolicyCluster } from '#main/simulation/policy/endpoints'
import { runVectors } from '#main/simulation/policy/vectors/run-vectors'
import { readVectorCluster } from '#main/simulation/policy/vectors/vector-cluster'

/** Labels of anything. */
export type Labels = Readonly<Record<string, string>>

/** An end of the little world that random policies are about. */
export interface WorldEnd {
  readonly reference: string
  readonly kind: 'pod' | 'node' | 'external'
  readonly namespace: string
  readonly labels: Labels
  readonly address: string
  readonly node: string
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[]
}

/** Namespaces and their labels. */
export const NAMESPACES: Readonly<Record<string, Labels>> = { x: { team: 'a' }, y: { team: 'b', env: 'prod' }, z: {} }

const web = { name: 'web', port: 80, protocol: 'TCP' }
const web8080 = { name: 'web', port: 8080, protocol: 'TCP' }
const dns = { name: 'dns', port: 53, protocol: 'UDP' }

const pod = (namespace: string, name: string, labels: Labels, address: string, node: string, ports: WorldEnd['ports'] = []): WorldEnd => ({
  reference: `${namespace}/${name}`, kind: 'pod', namespace, labels, address, node, ports,
})

/** All ends. */
export const ENDS: readonly WorldEnd[] = [
  pod('x', 'a', { app: 'a' }, '10.0.1.1', 'n1', [web]),
  pod('x', 'b', { app: 'b', tier: 'fe' }, '10.0.1.2', 'n2', [web8080, dns]),
  pod('y', 'a', { app: 'a', tier: 'be' }, '10.0.2.1', 'n1', [web8080]),
  pod('y', 'b', { app: 'b' }, '10.0.2.2', 'n2', [web, dns]),
  pod('z', 'c', {}, '10.0.3.1', 'n1'),
  { reference: 'node/n1', kind: 'node', namespace: '', labels: { os: 'linux' }, address: '172.18.0.1', node: 'n1', ports: [] },
  { reference: 'node/n2', kind: 'node', namespace: '', labels: { os: 'linux', zone: '2' }, address: '172.18.0.2', node: 'n2', ports: [] },
  { reference: 'external/near', kind: 'external', namespace: '', labels: {}, address: '10.200.0.1', node: '', ports: [] },
  { reference: 'external/far', kind: 'external', namespace: '', labels: {}, address: '192.0.2.5', node: '', ports: [] },
]

/** A connection that somebody may want. */
export interface Wish {
  readonly from: WorldEnd
  readonly to: WorldEnd
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** Every connection between two ends at a few ports. */
export const WISHES: readonly Wish[] = ENDS.flatMap((from) =>
  ENDS.filter((to) => to !== from).flatMap((to) =>
    ([['TCP', 80], ['TCP', 8080], ['UDP', 53], ['SCTP', 80]] as const).map(([protocol, port]) => ({ from, to, protocol, port })),
  ),
)

const cluster = {
  namespaces: Object.entries(NAMESPACES).map(([name, labels]) => ({ name, labels })),
  pods: ENDS.filter(({ kind }) => kind === 'pod').map(({ reference, namespace, labels, address, node, ports }) => ({
    ns: namespace, name: reference.split('/')[1], labels, ip: address, node, ports,
  })),
  nodes: ENDS.filter(({ kind }) => kind === 'node').map(({ node, labels, address }) => ({ name: node, labels, ip: address })),
  external: ENDS.filter(({ kind }) => kind === 'external').map(({ reference, address }) => ({ name: reference.split('/')[1], ip: address })),
}

/** What the compiled policies say about each of the wishes; the suite's name tells the dialect. */
export function compiledVerdicts(suite: string, policies: readonly object[]): readonly ('allow' | 'deny')[] {
  const probes = WISHES.map(({ from, to, protocol, port }) => ({ from: from.reference, to: to.reference, protocol, port }))
  const answers = runVectors({ suite, cluster, cases: [{ name: 'random', policies, probes }] })
  if ('error' in answers) throw new Error(answers.error)
  return answers.cases[0]!.probes!.map(({ verdict }) => verdict)
}

/** Whether an address is in a prefix, bit by bit. */
export function inPrefix(address: string, prefix: string): boolean {
  const bits = (text: string): string => text.split('.').map((octet) => Number(octet).toString(2).padStart(8, '0')).join('')
  const [network, length] = prefix.split('/') as [string, string]
  return bits(address).slice(0, Number(length)) === bits(network).slice(0, Number(length))
}

/** A `metav1.LabelSelector`. */
export interface Selector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

/** Whether a selector matches, condition by condition. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(matchLabels)) if (labels[key] !== value) return false
  for (const { key, operator, values = [] } of matchExpressions) {
    const has = key in labels
    if (operator === 'In' && !(has && values.includes(labels[key]!))) return false
    if (operator === 'NotIn' && has && values.includes(labels[key]!)) return false
    if (operator === 'Exists' && !has) return false
    if (operator === 'DoesNotExist' && has) return false
  }
  return true
}

/** The world's cluster, as the policies' compiler takes it. */
export function worldCluster(): PolicyCluster {
  return readVectorCluster(new FieldReader(cluster, new FieldPlace('', []))).cluster
}

const label = fc.constantFrom<[string, string]>(['app', 'a'], ['app', 'b'], ['tier', 'fe'])
const teamLabel = fc.constantFrom<[string, string]>(['team', 'a'], ['team', 'b'], ['env', 'prod'])

function selector(pair: fc.Arbitrary<[string, string]>): fc.Arbitrary<Selector> {
  return fc.oneof(
    fc.constant({}),
    pair.map(([key, value]) => ({ matchLabels: { [key]: value } })),
    fc.tuple(pair, fc.constantFrom('In', 'NotIn')).map(([[key, value], operator]) => ({ matchExpressions: [{ key, operator, values: [value] }] })),
    fc.tuple(pair, fc.constantFrom('Exists', 'DoesNotExist')).map(([[key], operator]) => ({ matchExpressions: [{ key, operator }] })),
  )
}

/** A selector of pods, and one of namespaces. */
export const podSelector = selector(label)
export const namespaceSelector = selector(teamLabel)

/** A namespace that policies are in, and ranges that hold some of the ends. */
export const namespaceName = fc.constantFrom('x', 'y', 'z')
export const prefix = fc.constantFrom('10.0.0.0/8', '10.0.1.0/24', '10.0.2.1/32', '192.0.2.0/24', '0.0.0.0/0', '172.18.0.0/16')
