import { describe, expect, it } from 'vitest'

import { importLab } from '#main/documents/import/import-lab'
import { parseLab, readManifestText, type Lab } from '#shared/lab/index'

interface Imported {
  readonly lab: Lab
  readonly leftOut: readonly string[]
  readonly used: Readonly<Record<string, number>>
}

function imported(...objects: readonly object[]): Imported {
  const { text, problems, leftOut, used } = importLab('test', [{ name: 'all.yaml', values: objects }])
  const { lab } = parseLab(text)
  if (lab === undefined) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return { lab, leftOut: leftOut.map(({ object, reason }) => `${object}: ${reason}`), used }
}

const node = (name: string, address: string, more: object = {}) => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { zone: 'a' } }, spec: more,
  status: { capacity: { cpu: '4' }, addresses: [{ type: 'InternalIP', address }] },
})
const pod = (name: string, nodeName: string, more: object = {}) => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: {
    name, namespace: 'shop', labels: { app: 'web', 'pod-template-hash': '5f9' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5f9', controller: true }],
  },
  spec: { nodeName, serviceAccountName: 'web', containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }], ...more },
  status: { phase: 'Running', podIP: '10.20.0.7' },
})

describe('importing objects', () => {
  it('counts pods to their Deployment and keeps each on its node', () => {
    const { lab, used } = imported(node('n1', '172.18.0.2'), node('n2', '172.18.0.3'), pod('web-5f9-x', 'n2'), pod('web-5f9-y', 'n1'))
    expect(lab.cluster.workloads).toEqual([
      {
        name: 'web', namespace: 'shop', labels: { app: 'web' }, replicas: 2, nodes: ['n2', 'n1'], serviceAccount: 'web',
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ])
    expect(lab.cluster.namespaces.map(({ name }) => name)).toContain('shop')
    expect(used).toEqual({ Node: 2, Pod: 2 })
  })

  it('keeps what pods may send', () => {
    const limited = { ...pod('web-5f9-x', 'n1'), metadata: { name: 'web', annotations: { 'kubernetes.io/egress-bandwidth': '10M', other: 'x' } } }
    expect(imported(node('n1', '172.18.0.2'), limited).lab.cluster.workloads[0]!.annotations).toEqual({ 'kubernetes.io/egress-bandwidth': '10M' })
    const wrong = { ...limited, metadata: { ...limited.metadata, annotations: { 'kubernetes.io/egress-bandwidth': 'fast' } } }
    expect(imported(node('n1', '172.18.0.2'), wrong).leftOut.join('\n')).toContain('"fast" is no bandwidth')
  })

  it('takes nodes with cores, labels, taints and addresses', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }]
    const { lab } = imported(node('n1', '172.18.0.2', { taints }), node('n2', '172.18.1.3'))
    expect(lab.nodes.map(({ name, cpu, labels, address }) => [name, cpu.cores, labels, address?.prefixLength])).toEqual([
      ['n1', 4, { zone: 'a' }, 23],
      ['n2', 4, { zone: 'a' }, 23],
    ])
    expect(lab.nodes[0]!.taints).toEqual(taints)
  })

  it('makes workloads of controllers where a dump has no pods of theirs', () => {
    const controller = (kind: string, spec: object) => ({
      apiVersion: 'apps/v1', kind, metadata: { name: kind.toLowerCase() }, spec: { ...spec, template: { spec: { containers: [] } } },
    })
    const { lab } = imported(
      node('n1', '172.18.0.2'), node('n2', '172.18.0.3'),
      controller('Deployment', { replicas: 3 }), controller('StatefulSet', {}), controller('DaemonSet', {}),
    )
    expect(lab.cluster.workloads.map(({ name, replicas }) => `${name} ${replicas}`)).toEqual(['deployment 3', 'statefulset 1', 'daemonset 2'])
  })

  it('tells the plugin and its settings from its objects', () => {
    const pool = { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'default' }, spec: { cidr: '10.20.0.0/16', vxlanMode: 'CrossSubnet', allowedUses: ['Workload'] } }
    const { lab } = imported(node('n1', '172.18.0.2'), pool)
    expect(lab.variants.map(({ cni }) => cni)).toEqual(['none', 'calico'])
    expect(lab.variants[1]).toMatchObject({ settings: { ipPool: { vxlanMode: 'CrossSubnet', ipipMode: 'Never' } } })
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config' }, data: { 'routing-mode': 'native', 'auto-direct-node-routes': 'true', 'ipv4-native-routing-cidr': '10.244.0.0/16' } }
    expect(imported(config).lab.variants[1]).toMatchObject({ cni: 'cilium', settings: { routingMode: 'native', autoDirectNodeRoutes: true } })
  })

  it('keeps policies and services without what a server added', () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'default', uid: '1', resourceVersion: '2', annotations: { a: 'b' } }, spec: { podSelector: {} }, status: {},
    }
    expect(imported(policy).lab.cluster.manifests).toEqual([
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'default' }, spec: { podSelector: {} } },
    ])
  })

  it('leaves out what asks for nodes that there are none of', () => {
    const deployment = (name: string, nodeSelector: object) => ({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { template: { spec: { nodeSelector } } },
    })
    const { lab, leftOut } = imported(node('n1', '172.18.0.2'), deployment('placed', { zone: 'a' }), deployment('pending', { zone: 'b' }))
    expect(lab.cluster.workloads).toMatchObject([{ name: 'placed', nodes: ['n1'] }])
    expect(leftOut.join('\n')).toContain('Deployment pending: no node is what its pods ask for')
  })

  it('lists what it leaves out with the reason', () => {
    const broken = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: { podSelector: {}, ingress: [{ from: [{}] }] } }
    const job = { ...pod('once', 'n1'), metadata: { name: 'once', ownerReferences: [{ kind: 'Job', name: 'j', controller: true }] } }
    const { leftOut } = imported(broken, job, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }, { apiVersion: 'x.io/v1', kind: 'Mesh', metadata: { name: 'm' } }, { hello: 'world' })
    expect(leftOut).toEqual([
      'an entry of all.yaml: no object (apiVersion, kind, metadata.name), no containerlab topology, no configuration of kind, no values of a known chart',
      'the network plugin: nothing tells which one it is; the lab compares the usual ones',
      'Pod once: its work is done at some time, and a lab has pods that stay',
      'NetworkPolicy p: the API server refuses it: spec.ingress[0].from[0]: Required value: must specify a peer',
      'Secret: it says nothing about the network',
      'Mesh: objects of this kind are not modelled yet',
    ])
  })

  it('takes out what the lab refuses, and says so', () => {
    const felix = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name: 'default' }, spec: { bpfEnabled: true, noSuchField: 1 } }
    const { lab, leftOut } = imported(node('n1', '172.18.0.2'), felix)
    expect(lab.variants[1]).toMatchObject({ settings: { felixConfiguration: { bpfEnabled: true } } })
    expect(leftOut.join('\n')).toContain('noSuchField')
  })
})

describe('reading manifests', () => {
  it('takes streams of documents, lists and JSON', () => {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }
    const yaml = '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Namespace, metadata: {name: a}}]\n'
    expect(readManifestText(yaml)).toEqual({ objects: [object, object] })
    expect(readManifestText(JSON.stringify({ kind: 'PodList', items: [object] }))).toEqual({ objects: [object] })
    expect(readManifestText('')).toEqual({ objects: [] })
  })

  it('says in which line a text is no YAML', () => {
    expect(readManifestText('a: 1\nb: [\n')).toMatchObject({ line: 3 })
  })
})
