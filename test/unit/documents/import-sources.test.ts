import { describe, expect, it } from 'vitest'

import { importLab } from '#main/documents/import/import-lab'
import { parseLab, readManifestText, type Lab } from '#shared/lab/index'

/** The lab that texts of files come to, and what was left out. */
function imported(...texts: readonly string[]): { readonly lab: Lab; readonly leftOut: readonly string[]; readonly used: Readonly<Record<string, number>> } {
  const sources = texts.map((text, index) => {
    const read = readManifestText(text)
    if ('error' in read) throw new Error(read.error)
    return { name: `file-${index}.yaml`, values: read.objects }
  })
  const { text, leftOut, used } = importLab('test', sources)
  const { lab, problems } = parseLab(text)
  if (lab === undefined) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return { lab, used, leftOut: leftOut.map(({ object, reason }) => `${object}: ${reason}`) }
}

const CLOS = `
name: clos
topology:
  kinds: {linux: {image: alpine}}
  nodes:
    leaf1: {kind: nokia_srlinux}
    leaf2: {kind: arista_ceos}
    spine1: {kind: nokia_srlinux}
    router: {kind: linux, image: quay.io/frrouting/frr:9.1}
    h1: {kind: linux, exec: ["ip addr add 10.1.0.11/24 dev eth1"]}
    h2: {kind: linux}
  links:
    - {endpoints: ["leaf1:e1-49", "spine1:e1-1"], mtu: 9100}
    - {endpoints: ["spine1:e1-2", "leaf2:eth49"]}
    - {endpoints: ["router:eth1", "spine1:e1-3"]}
    - {endpoints: ["h1:eth1", "leaf1:e1-1"], mtu: 1500}
    - {type: veth, endpoints: [{node: leaf2, interface: eth1}, {node: h2, interface: eth1}]}
    - {type: host, endpoint: {node: leaf1, interface: e1-5}, host-interface: x}
    - {endpoints: ["h2:eth2", "nobody:eth1"]}
`

describe('importing containerlab topologies', () => {
  it('makes switches of network systems and nodes of machines, with their links', () => {
    const { lab, leftOut, used } = imported(CLOS)
    expect(lab.fabric.switches.map(({ name, role }) => `${name} ${role}`)).toEqual(['leaf1 tor', 'leaf2 tor', 'spine1 spine', 'router spine'])
    expect(lab.fabric.links.map(({ ends }) => ends.join(' '))).toEqual(['leaf1 spine1', 'spine1 leaf2', 'router spine1'])
    expect(lab.fabric.links[0]!.mtu).toBe(9100)
    expect(lab.nodes.map(({ name, uplinks }) => [name, uplinks.map((uplink) => uplink.switch)])).toEqual([['h1', ['leaf1']], ['h2', ['leaf2']]])
    expect(lab.nodes[0]!.address).toBeDefined()
    expect(used).toEqual({ 'containerlab topology': 1 })
    expect(leftOut).toContain('link of type host: a link of type host leads out of the topology')
    expect(leftOut).toContain('link h2 – nobody: its two ends are not two nodes of the topology')
  })

  it('hangs the Nodes of a cluster where the topology has them', () => {
    const node = (name: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {zone: a}}\nstatus: {capacity: {cpu: "8"}}\n`
    const { lab } = imported(CLOS, [node('h1'), node('elsewhere')].join('---\n'))
    expect(lab.nodes.map(({ name, cpu, labels, uplinks }) => [name, cpu.cores, labels['zone'], uplinks[0]!.switch])).toEqual([
      ['h1', 8, 'a', 'leaf1'],
      ['elsewhere', 8, 'a', 'tor-1'],
    ])
  })
})

describe('importing objects of one kind and two groups', () => {
  it('makes nodes of Kubernetes’ Nodes alone, and says so of Calico’s', () => {
    const { lab, leftOut } = imported(`
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {capacity: {cpu: 4}, addresses: [{type: InternalIP, address: 172.18.0.2}]}
---
apiVersion: projectcalico.org/v3
kind: Node
metadata: {name: n1}
spec: {bgp: {ipv4Address: 172.18.0.2/16}}
`)
    expect(lab.nodes.map(({ name }) => name)).toEqual(['n1'])
    expect(leftOut).toContain('Calico’s Nodes (1): a lab’s nodes have the addresses of Kubernetes’ Nodes')
  })
})

describe('importing values of charts', () => {
  it('takes those of Cilium that are modelled and lists the others', () => {
    const { lab, leftOut } = imported(`
routingMode: native
autoDirectNodeRoutes: true
ipv4NativeRoutingCIDR: 10.42.0.0/16
kubeProxyReplacement: "true"
ipam: {operator: {clusterPoolIPv4PodCIDRList: [10.42.0.0/16]}}
hubble: {relay: {enabled: true}}
`)
    expect(lab.variants.map(({ cni }) => cni)).toEqual(['none', 'cilium'])
    expect(lab.variants[1]).toMatchObject({ settings: { routingMode: 'native', autoDirectNodeRoutes: true, kubeProxyReplacement: true } })
    expect(lab.cluster.podCIDR.length).toBe(16)
    expect(leftOut).toContain('spec.variants[1].settings.hubble: hubble is not modelled yet for Cilium.')
  })

  it('falls back to a fresh install where values do not go together', () => {
    const { lab, leftOut } = imported('routingMode: native\nautoDirectNodeRoutes: true\n')
    expect(lab.variants[1]).toMatchObject({ settings: { routingMode: 'tunnel' } })
    expect(leftOut.join('\n')).toContain('needs ipv4NativeRoutingCIDR')
  })

  it.each([
    ['VXLANCrossSubnet', 'Never', 'CrossSubnet'],
    ['IPIP', 'Always', 'Never'],
    ['None', 'Never', 'Never'],
  ])('reads what Calico’s operator is told: %s', (encapsulation, ipipMode, vxlanMode) => {
    const { lab, leftOut } = imported(`
installation:
  calicoNetwork:
    linuxDataplane: BPF
    mtu: 1450
    ipPools: [{cidr: 192.168.0.0/16, encapsulation: ${encapsulation}, natOutgoing: Disabled}]
tigeraOperator: {version: v1}
`)
    expect(lab.variants[1]).toMatchObject({ cni: 'calico', settings: { ipPool: { ipipMode, vxlanMode, natOutgoing: false }, felixConfiguration: { bpfEnabled: true } } })
    expect(leftOut).toContain('Installation: calicoNetwork.mtu: it is not modelled')
  })

  it('lets a cluster’s pools win over what its operator was told', () => {
    const { lab } = imported(`
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec: {calicoNetwork: {ipPools: [{cidr: 192.168.0.0/16, encapsulation: IPIP}]}}
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 192.168.0.0/16, vxlanMode: Always, natOutgoing: true}
`)
    expect(lab.variants[1]).toMatchObject({ settings: { ipPool: { ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true } } })
  })

  it('reads those of Flannel’s chart', () => {
    const { lab } = imported('podCidr: 10.50.0.0/16\nflannel: {backend: host-gw}\n')
    expect(lab.variants[1]).toMatchObject({ cni: 'flannel', settings: { Backend: { Type: 'host-gw' } } })
  })

  it('reads both files of Flannel’s ConfigMap', () => {
    const conf = JSON.stringify({ plugins: [{ type: 'flannel', delegate: { hairpinMode: false, isDefaultGateway: true } }, { type: 'portmap' }] })
    const { lab } = imported(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-flannel-cfg, namespace: kube-flannel}, data: {net-conf.json: '{"Backend": {"Type": "host-gw"}}', cni-conf.json: '${conf}'}}`,
    )
    expect(lab.variants[1]).toMatchObject({ settings: { Backend: { Type: 'host-gw' }, delegate: { hairpinMode: false } } })
  })

  it('does not take other mappings for values of a chart', () => {
    expect(imported('replicaCount: 3\nimage: {tag: x}\nservice: {port: 80}\nresources: {}\n').leftOut[0]).toMatch(/^an entry of file-0.yaml: /u)
  })
})
