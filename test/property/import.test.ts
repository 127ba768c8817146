import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { importLab } from '#main/documents/import/import-lab'
import { hasErrors, parseLab, readManifestText } from '#shared/lab/index'

/** Objects, topologies and charts' values as they should be. */
const SOUND: readonly object[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { a: 'b' } }, spec: { podCIDR: '10.0.1.0/24', taints: [{ key: 'k', effect: 'NoSchedule' }] }, status: { capacity: { cpu: '4' }, addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop', labels: { app: 'x' }, ownerReferences: [{ kind: 'ReplicaSet', name: 'r' }] }, spec: { nodeName: 'n1', containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] }, status: { podIP: '10.0.1.7' } },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' }, spec: { template: { metadata: { labels: { a: 'b' } }, spec: { tolerations: [{ key: 'k' }], nodeSelector: { a: 'b' } } } } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http' }] } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'np' }, spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80 }] }] } },
  { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'g' }, spec: { order: 1, selector: "a == 'b'", ingress: [{ action: 'Allow', protocol: 'TCP', source: { nets: ['10.0.0.0/8'] }, destination: { ports: [80, '90:99'] } }] } },
  { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'pool' }, spec: { cidr: '10.0.0.0/16', vxlanMode: 'Always' } },
  { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', metadata: { name: 'default' }, spec: { calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }] } } },
  { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'c' }, spec: { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'a.b' }], toPorts: [{ ports: [{ port: '443' }] }] }] } },
  { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumLoadBalancerIPPool', metadata: { name: 'lb' }, spec: { blocks: [{ cidr: '20.0.0.0/24' }] } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-flannel-cfg' }, data: { 'net-conf.json': '{"Backend":{"Type":"vxlan"}}' } },
  { name: 'clos', topology: { nodes: { s: { kind: 'nokia_srlinux' }, h: { kind: 'linux' } }, links: [{ endpoints: ['s:e1', 'h:eth1'], mtu: 9000 }] } },
  { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', networking: { podSubnet: '10.0.0.0/16', kubeProxyMode: 'ipvs' }, nodes: [{ role: 'control-plane' }, { role: 'worker', labels: { 'kubernetes.io/hostname': 'n1', a: 'b' }, kubeadmConfigPatches: ['nodeRegistration: {taints: [{key: k, effect: NoSchedule}]}'] }] },
  { routingMode: 'native', bpf: { masquerade: true }, ipam: { operator: { clusterPoolIPv4PodCIDRList: ['10.0.0.0/16'] } } },
]

const garbage = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 1.5, 1e21, '', ' ', 'a: b', '__proto__', 'x'.repeat(70), '10.0.0.0/33', [], {}, [null], { '': 0 }, ['10.0.0.0/8', {}]),
  fc.jsonValue({ maxDepth: 2 }),
)

/** A sound value with something else in places of it, or without them. */
const damaged = fc
  .tuple(fc.constantFrom(...SOUND), fc.array(fc.record({ at: fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), put: fc.option(garbage, { nil: undefined }) }), { maxLength: 3 }))
  .map(([sound, changes]) => changes.reduce<unknown>((value, { at, put }) => replaced(value, at, put), sound))

/** A value with what `at` leads to replaced: each number chooses among the entries. */
function replaced(value: unknown, [first, ...rest]: readonly number[], put: unknown): unknown {
  if (first === undefined || typeof value !== 'object' || value === null) return put
  const entries = Object.entries(value)
  if (entries.length === 0) return put
  const [key] = entries[first % entries.length]!
  const changed = entries.flatMap(([name, inner]) => {
    const next = name === key ? (rest.length === 0 ? put : replaced(inner, rest, put)) : (inner as unknown)
    return next === undefined ? [] : [[name, next] as const]
  })
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed)
}

describe('importing', () => {
  it('makes a lab without errors of whatever is given, and says what it left out', () => {
    fc.assert(
      fc.property(fc.array(damaged, { maxLength: 5 }), (values) => {
        const { text, leftOut } = importLab('any', [{ name: 'any.yaml', values }])
        const { problems } = parseLab(text)
        expect(hasErrors(problems) ? problems : []).toEqual([])
        expect(leftOut.every(({ object, reason }) => object !== '' && reason !== '')).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('reads any text as objects, or says in which line it is none', () => {
    const text = fc.array(fc.constantFrom('a: 1', '- b', '---', '  c: [', '}', '{"x":', '&a *a', '\t', 'kind: List', 'items: 3', '!!js x', '"', '? x', '%YAML 9')).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (given) => {
        const read = readManifestText(given)
        if ('error' in read) expect(read.line).toBeGreaterThanOrEqual(1)
        else expect(Array.isArray(read.objects)).toBe(true)
      }),
    )
  })
})
