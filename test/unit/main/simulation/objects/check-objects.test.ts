import { describe, expect, it } from 'vitest'

import { planLab } from '#main/pool/plan-lab'
import { fieldErrorText } from '#main/simulation/kubernetes/field-reader'
import { errorsOf } from '#main/simulation/objects/index'

const CALICO = 'projectcalico.org/v3'

/** What the API server says against an object with a spec. */
function errors(kind: string, spec: object, apiVersion = CALICO): string[] {
  return errorsOf({ apiVersion, kind, metadata: { name: 'x' }, spec }).map(fieldErrorText)
}

describe('objects of Calico’s configuration', () => {
  it.each([
    ['IPPool', { cidr: '10.0.0.0/16', ipipMode: 'Always', natOutgoing: true, blockSize: 26, allowedUses: ['Workload'] }],
    ['IPPool', { cidr: 'fd00::/48' }],
    ['FelixConfiguration', { bpfEnabled: true, logSeverityScreen: 'Info', iptablesBackend: 'nft' }],
    ['BGPConfiguration', { asNumber: 64_512, communities: [{ name: 'a', value: '1:2' }], prefixAdvertisements: [{ cidr: '10.0.0.0/8', communities: ['a'] }] }],
    ['BGPPeer', { peerIP: '[fd00::1]:1179', asNumber: 64_512, nodeSelector: 'all()' }],
  ])('are taken as they are: %s %o', (kind, spec) => {
    expect(errors(kind, spec)).toEqual([])
  })

  it.each([
    ['IPPool', {}, 'spec.cidr: Invalid value: "": IPPool CIDR must be specified'],
    ['IPPool', { cidr: 'x' }, 'spec.cidr: Invalid value: "x": IPPool CIDR must be a valid subnet'],
    ['IPPool', { cidr: '10.0.0.1/16' }, 'spec.cidr: Invalid value: "10.0.0.1/16": IP pool CIDR is not strictly masked'],
    ['IPPool', { cidr: '10.0.0.0/28' }, 'spec.cidr: Invalid value: "10.0.0.0/28": IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.'],
    ['IPPool', { cidr: '10.0.0.0/8', ipipMode: 'Foo' }, 'spec.ipipMode: Unsupported value: "Foo": supported values: "Always", "CrossSubnet", "Never"'],
    ['IPPool', { cidr: '10.0.0.0/8', ipipMode: 'Always', vxlanMode: 'Always' }, 'spec.ipipMode: Invalid value: "Always": IPIPMode and VXLANMode cannot both be enabled on the same IP pool'],
    ['IPPool', { cidr: 'fd00::/48', ipipMode: 'Always' }, "spec.ipipMode: Invalid value: \"Always\": IPIPMode other than 'Never' is not supported on an IPv6 IP pool"],
    ['IPPool', { cidr: '169.254.0.0/16' }, 'spec.cidr: Invalid value: "169.254.0.0/16": IP pool range overlaps with IPv4 Link Local range 169.254.0.0/16'],
    ['IPPool', { cidr: '10.0.0.0/8', foo: 1 }, 'unknown field "spec.foo"'],
    ['BGPConfiguration', { nodeToNodeMeshEnabled: false, nodeMeshMaxRestartTime: '10s' }, 'spec.nodeMeshMaxRestartTime: Invalid value: "": spec.NodeMeshMaxRestartTime cannot be set if spec.NodeToNodeMesh is disabled'],
    ['BGPPeer', { peerIP: '10.0.0.1', peerSelector: 'all()' }, 'spec.peerIP: Invalid value: "10.0.0.1": PeerIP field must be empty when PeerSelector is specified'],
    ['BGPPeer', { peerSelector: 'all()', asNumber: 1 }, 'spec.asNumber: Invalid value: 1: ASNumber field must be empty when PeerSelector is specified'],
    ['BGPPeer', { peerIP: '10.0.0.1', node: 'a', nodeSelector: 'all()' }, 'spec.node: Invalid value: "a": Node field must be empty when NodeSelector is specified'],
  ])('are refused in the API’s words: %s %o', (kind, spec, expected) => {
    expect(errors(kind, spec)).toEqual([expected])
  })

  it('have every field of a wrong type refused', () => {
    const found = errors('FelixConfiguration', { bpfEnabled: 'yes', vxlanPort: 0, nftablesMode: 'on' })
    expect(found.map((text) => text.split(': Invalid value')[0])).toEqual(['spec.bpfEnabled', 'spec.nftablesMode', 'spec.vxlanPort'])
  })
})

describe('Services', () => {
  const service = (spec: object): string[] => errors('Service', spec, 'v1')

  it('are taken as kubectl prints them', () => {
    const spec = {
      clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }], selector: { app: 'a' }, sessionAffinity: 'None', type: 'ClusterIP',
    }
    expect(service(spec)).toEqual([])
  })

  it.each([
    [{}, 'spec.ports: Required value'],
    [{ ports: [{ port: 0 }] }, 'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [{ ports: [{ port: 80 }, { name: 'b', port: 81 }] }, 'spec.ports[0].name: Required value'],
    [{ ports: [{ name: 'a', port: 80 }, { name: 'a', port: 81 }] }, 'spec.ports[1].name: Duplicate value: "a"'],
    [{ ports: [{ port: 80, nodePort: 30_000 }] }, "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    [{ type: 'Foo', ports: [{ port: 80 }] }, 'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
    [{ ports: [{ port: 80, protocol: 'tcp' }] }, 'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'],
    [{ type: 'NodePort', clusterIP: 'None', ports: [{ port: 80 }] }, "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"],
  ])('are refused in the API server’s words: %o', (spec, expected) => {
    expect(service(spec)).toEqual([expected])
  })
})

describe('errors of objects in a lab', () => {
  const lab = (manifest: string): string => `apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: t}
spec:
  fabric: {switches: [{name: s, role: tor}]}
  nodes: [{name: n, uplinks: [{switch: s}]}]
  cluster:
    workloads: [{name: w}]
    manifests:
      - ${manifest}
  variants: [{name: c, cni: calico}]
`

  it('stand at the field, with its line', () => {
    const text = lab('apiVersion: v1\n        kind: Service\n        metadata: {name: w}\n        spec:\n          ports:\n            - port: 70000')
    expect(planLab(text).problems).toMatchObject([
      { code: 'invalid-object', path: 'spec.cluster.manifests[0].spec.ports[0].port', line: 15, message: expect.stringContaining('Service w: spec.ports[0].port: Invalid value: 70000') as string },
    ])
  })

  it('name the file and the line in it', () => {
    const files = new Map([['net/a.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\nspec:\n  podSelector: {}\n  ingress:\n    - ports: [{port: 0}]\n']])
    const { problems } = planLab(lab('{file: net/a.yaml}'), { files })
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { path: 'spec.cluster.manifests[0]', message: 'net/a.yaml:11: The API server refuses NetworkPolicy a/p: spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive.' },
    ])
  })
})
