import { calicoSettingsSchema, featureOverride } from '#shared/lab/settings/calico-settings'
import { describe, expect, it } from 'vitest'

import { parseLab, type Lab, type ManifestFiles, type Problem } from '#shared/lab/index'

const CALICO = 'projectcalico.org/v3'

/** A lab of two nodes with variants and objects. */
function labWith(variants: readonly object[], manifests: readonly object[], files?: ManifestFiles, address?: string): { lab: Lab | undefined; problems: readonly Problem[] } {
  const content = {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'objects' },
    spec: {
      fabric: { switches: [{ name: 'tor', role: 'tor' }] },
      nodes: [{ name: 'n1', address, uplinks: [{ switch: 'tor' }], labels: { rack: 'a' } }, { name: 'n2', uplinks: [{ switch: 'tor' }] }],
      cluster: { manifests },
      variants,
    },
  }
  const { lab, problems } = parseLab(JSON.stringify(content), files)
  return { lab, problems }
}

function object(kind: string, name: string, spec: object, apiVersion = CALICO): object {
  return { apiVersion, kind, metadata: { name }, spec }
}

function settingsOf(lab: Lab | undefined, name: string) {
  const variant = lab?.variants.find((candidate) => candidate.name === name)
  if (variant?.cni !== 'calico') throw new Error(`no Calico variant ${name}`)
  return variant.settings
}

const PLAIN = { name: 'plain', cni: 'calico' }

describe('objects of Calico’s configuration', () => {
  it('are settings of a variant that says nothing itself', () => {
    const { lab, problems } = labWith([PLAIN], [
      object('IPPool', 'pool', { cidr: '10.244.0.0/16', vxlanMode: 'Always', natOutgoing: true, blockSize: 27 }),
      object('FelixConfiguration', 'default', { bpfEnabled: true }, 'crd.projectcalico.org/v1'),
      object('BGPConfiguration', 'default', {
        asNumber: 64_700,
        nodeToNodeMeshEnabled: false,
        communities: [{ name: 'pods', value: '65000:100' }],
        prefixAdvertisements: [{ cidr: '10.244.0.0/16', communities: ['pods'] }],
      }),
      object('BGPPeer', 'a', { peerIP: '10.1.0.1', asNumber: 64_600 }),
      object('BGPPeer', 'b', { nodeSelector: 'all()', peerSelector: "rack == 'a'" }),
    ])
    expect(problems).toEqual([])
    expect(settingsOf(lab, 'plain')).toMatchObject({
      ipPool: { ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true, blockSize: 27 },
      felixConfiguration: { bpfEnabled: true },
      bgpConfiguration: { asNumber: 64_700, nodeToNodeMeshEnabled: false, prefixAdvertisements: [{ communities: ['pods'] }] },
      bgpPeers: [{ asNumber: 64_600 }, { peerSelector: "rack == 'a'" }],
    })
  })

  it('name filters that other objects are, and say where one is missing', () => {
    const reject = { action: 'Reject', matchOperator: 'In', cidr: '10.244.0.0/16' }
    const { lab, problems } = labWith([PLAIN], [
      object('BGPPeer', 'a', { peerIP: '10.1.0.1', asNumber: 64_600, filters: ['quiet'] }),
      object('BGPFilter', 'quiet', { exportV4: [reject], exportV6: [] }),
    ])
    expect(problems.map(({ message }) => message)).toEqual(['exportV6 of BGPFilter quiet is not used: it is not modelled.'])
    expect(settingsOf(lab, 'plain')).toMatchObject({ bgpPeers: [{ filters: ['quiet'] }], bgpFilters: [{ name: 'quiet', exportV4: [{ action: 'Reject' }] }] })

    const lacking = labWith([PLAIN], [object('BGPPeer', 'a', { peerIP: '10.1.0.1', asNumber: 64_600, filters: ['quiet'] })])
    expect(lacking.problems.map(({ code, path }) => [code, path])).toEqual([['unknown-reference', 'spec.cluster.manifests[0].spec.filters']])
  })

  it('give a pool the defaults of its API, not those of a fresh install', () => {
    const { lab } = labWith([PLAIN], [object('IPPool', 'pool', { cidr: '10.244.0.0/16' })])
    expect(settingsOf(lab, 'plain').ipPool).toMatchObject({ ipipMode: 'Never', vxlanMode: 'Never', natOutgoing: false })
  })

  it('yield to what a variant says, the choice of an encapsulation as a whole, and say so', () => {
    const own = { name: 'own', cni: 'calico', settings: { ipPool: { ipipMode: 'Always' }, bgpPeers: [] } }
    const { lab, problems } = labWith([own], [
      object('IPPool', 'pool', { cidr: '10.244.0.0/16', vxlanMode: 'Always' }),
      object('BGPPeer', 'a', { peerIP: '10.1.0.1', asNumber: 64_600 }),
    ])
    expect(settingsOf(lab, 'own')).toMatchObject({ ipPool: { ipipMode: 'Always', vxlanMode: 'Never' }, bgpPeers: [] })
    expect(problems.map(({ code, path, message }) => [code, path, message])).toEqual([
      ['unused-object', 'spec.cluster.manifests[0].spec.vxlanMode', 'Variant own does not use IPPool pool: it gives ipPool.vxlanMode itself.'],
      ['unused-object', 'spec.cluster.manifests[1].spec', 'Variant own does not use BGPPeer a: it gives bgpPeers itself.'],
    ])
  })

  it('list fields and objects that are not used, each with the reason', () => {
    const { problems } = labWith([PLAIN], [
      object('IPPool', 'six', { cidr: 'fd00::/48' }),
      object('IPPool', 'pool', { cidr: '10.244.0.0/16', nodeSelector: "rack == 'a'" }),
      object('IPPool', 'other', { cidr: '10.245.0.0/16' }),
      object('FelixConfiguration', 'node.n1', { bpfEnabled: true }),
      object('FelixConfiguration', 'default', { logSeverityScreen: 'Info' }),
    ])
    expect(problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'IPPool six is not used: labs have IPv4.',
        'nodeSelector of IPPool pool is not used: it is not modelled.',
        'IPPool other is not used: variants have one pool, and IPPool pool is it.',
        'bpfEnabled of FelixConfiguration node.n1 is not used: it is not modelled for single nodes.',
        'logSeverityScreen of FelixConfiguration default is not used: it is not modelled.',
      ]),
    )
    expect(problems).toHaveLength(5)
  })

  it('are settings of single nodes, which have in place of all nodes’ what they give', () => {
    const { lab, problems } = labWith([PLAIN], [
      object('FelixConfiguration', 'node.n1', { vxlanPort: 8472 }),
      object('Node', 'n2', { bgp: { ipv4Address: '10.1.0.12/16', asNumber: 64_700 } }),
    ])
    expect(problems).toEqual([])
    const { felixConfigurations, nodes } = settingsOf(lab, 'plain')
    expect(felixConfigurations).toEqual([{ name: 'node.n1', vxlanPort: 8472 }])
    expect(nodes).toMatchObject([{ name: 'n2', bgp: { ipv4Address: { prefixLength: 16 } } }])
    expect(lab!.nodes[1]!.asn).toBe(64_700)
  })

  it('are pools all the same where pods get no addresses of them, unless they overlap', () => {
    const main = object('IPPool', 'pool', { cidr: '10.244.0.0/16' })
    const { lab, problems } = labWith([PLAIN], [main, object('IPPool', 'excluded', { cidr: '10.0.0.0/11', disabled: true })])
    expect(problems).toEqual([])
    expect(settingsOf(lab, 'plain').ipPools).toMatchObject([{ name: 'excluded' }])
    const overlapping = labWith([PLAIN], [main, object('IPPool', 'excluded', { cidr: '10.0.0.0/8', disabled: true })])
    expect(overlapping.problems).toMatchObject([{ code: 'refused-setting', path: 'spec.cluster.manifests[1].spec.cidr' }])
  })

  it('leave out what Calico wrote into its Nodes itself, and say so', () => {
    const { problems } = labWith([PLAIN], [object('Node', 'n1', { bgp: { ipv4IPIPTunnelAddr: '10.244.79.0' } })])
    expect(problems.map(({ message }) => message)).toEqual([
      'ipv4IPIPTunnelAddr of Node n1 is not used: Calico wrote it, and the simulation finds out its own.',
    ])
  })

  it('take the address that calico-node noted where the lab’s node has it too', () => {
    const noted = (address: string): object => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', annotations: { 'projectcalico.org/IPv4Address': address } } })
    const given = labWith([PLAIN], [noted('10.1.0.11/16')], undefined, '10.1.0.11/24')
    expect(settingsOf(given.lab, 'plain').nodes).toMatchObject([{ name: 'n1', bgp: { ipv4Address: { prefixLength: 16 } } }])
    expect(settingsOf(labWith([PLAIN], [noted('172.18.0.2/16')]).lab, 'plain').nodes).toEqual([])
  })

  it('are unused where no variant is Calico', () => {
    const { problems } = labWith([{ name: 'c', cni: 'cilium' }], [object('IPPool', 'pool', { cidr: '10.244.0.0/16' })])
    expect(problems.map(({ message }) => message)).toEqual(['IPPool pool is not used: no variant is Calico.'])
  })

  it('have their errors at the object', () => {
    const { lab, problems } = labWith([PLAIN], [object('IPPool', 'pool', { cidr: '10.99.0.0/16' })])
    expect(lab).toBeUndefined()
    expect(problems).toMatchObject([{ code: 'refused-setting', path: 'spec.cluster.manifests[0].spec.cidr' }])
  })
})

describe('Node objects', () => {
  const node = (name: string, metadata: object, spec: object = {}): object => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, ...metadata }, spec })

  it('describe the lab’s nodes of their names, which keep what they say themselves', () => {
    const annotations = { 'projectcalico.org/ASNumber': '65001', 'projectcalico.org/RouteReflectorClusterID': '224.0.0.1' }
    const { lab, problems } = labWith([PLAIN], [
      node('n1', { labels: { rack: 'b', zone: 'z' }, annotations }, { unschedulable: true, taints: [{ key: 'gpu', effect: 'NoSchedule', timeAdded: '2024-01-01T00:00:00Z' }] }),
    ])
    expect(lab?.nodes[0]).toMatchObject({
      labels: { rack: 'a', zone: 'z', 'projectcalico.org/RouteReflectorClusterID': '224.0.0.1' },
      asn: 65_001,
      taints: [{ key: 'gpu', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
    })
    expect(problems.map(({ path }) => path)).toEqual(['spec.cluster.manifests[0].metadata.labels.rack'])
  })

  it('give blocks of pod addresses where no plugin has its own', () => {
    const manifests = [node('n2', {}, { podCIDR: '10.244.7.0/24', podCIDRs: ['10.244.7.0/24', 'fd00::/64'] })]
    expect(labWith([{ name: 'f', cni: 'flannel' }], manifests).lab?.nodes[1]?.podBlocks).toHaveLength(1)
    expect(labWith([PLAIN], manifests).lab?.nodes[1]?.podBlocks).toEqual([])
  })

  it('are unused where the lab has no node of the name', () => {
    const { problems } = labWith([], [node('n9', {})])
    expect(problems.map(({ message }) => message)).toEqual(['Node n9 is not used: the lab has no node of this name.'])
  })

  it('let DaemonSets from files find the nodes that they describe', () => {
    const text = JSON.stringify({
      apiVersion: 'v1', kind: 'List',
      items: [
        node('n2', { labels: { gpu: 'yes' } }),
        { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' }, spec: { template: { spec: { nodeSelector: { gpu: 'yes' } } } } },
      ],
    })
    const { lab } = labWith([], [{ file: 'all.json' }], new Map([['all.json', text]]))
    expect(lab?.cluster.workloads).toMatchObject([{ name: 'd', nodes: ['n2'] }])
  })

  it('let an affinity that names them be narrowed by a selector', () => {
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n2', 'n1'] }] }]
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } }
    const deployment = (name: string, spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { template: { spec: { affinity, ...spec } } } })
    const manifests = [node('n2', { labels: { gpu: 'yes' } }), deployment('both', {}), deployment('one', { nodeSelector: { gpu: 'yes' } })]
    const { lab } = labWith([], manifests)
    expect(lab?.cluster.workloads).toMatchObject([{ name: 'both', nodes: ['n2', 'n1'] }, { name: 'one', nodes: ['n2'] }])
  })

  it('say that pods stay pending that ask for what no node is, and put them nowhere else', () => {
    const asking = (kind: string, spec: object) => ({ apiVersion: 'apps/v1', kind, metadata: { name: kind.toLowerCase() }, spec: { template: { spec } } })
    const { problems } = labWith([], [asking('Deployment', { nodeSelector: { gpu: 'yes' } }), asking('DaemonSet', { nodeSelector: { gpu: 'yes' } })])
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toContain('no-node-for-pods spec.cluster.manifests[0]')
    expect(problems.filter(({ code }) => code === 'no-node-for-pods')).toHaveLength(1)
  })
})

describe('what Felix is told that the kernel has', () => {
  const felix = (featureDetectOverride?: string) => featureOverride({ ...calicoSettingsSchema.parse({}).felixConfiguration, featureDetectOverride }, 'ChecksumOffloadBroken')

  it.each([
    ['SNATFullyRandom=false,ChecksumOffloadBroken=true', true],
    ['ChecksumOffloadBroken=false,', false],
    ['ChecksumOffloadBroken=', undefined],
    ['NotChecksumOffloadBroken=true', undefined],
    [undefined, undefined],
  ])('is read feature by feature: %s', (text, told) => {
    expect(felix(text)).toBe(told)
  })

  it('is refused where it is no list of features', () => {
    expect(calicoSettingsSchema.safeParse({ felixConfiguration: { featureDetectOverride: 'ChecksumOffloadBroken' } }).success).toBe(false)
  })
})
