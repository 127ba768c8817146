import { describe, expect, it } from 'vitest'

import type { PlainValue } from '#shared/lab/index'

import { assign, drop, problemCases, problemsAfter, push, set, type Change } from './sample-lab'

describe('references to what is not there', () => {
  problemCases([
    ['a rack', [set('nodes[0].rack', 'c')], ['unknown-reference spec.nodes[0].rack']],
    ['the end of a link', [set('fabric.links[0].ends', ['tor-a', 'spine-9'])], ['unknown-reference spec.fabric.links[0].ends[1]']],
    ['the switch of an uplink', [push('nodes[0].uplinks', { switch: 'tor-z' })], ['unknown-reference spec.nodes[0].uplinks[1].switch']],
    ['the switch of an external host', [set('external[0].attach', 'gone')], ['unknown-reference spec.external[0].attach']],
    ['a namespace', [push('cluster.workloads', { name: 'x', namespace: 'test' })], ['unknown-reference spec.cluster.workloads[2].namespace']],
    ['a node of a workload', [push('cluster.workloads', { name: 'x', nodes: ['node-3'] })], ['unknown-reference spec.cluster.workloads[2].nodes[0]']],
    ['a pod', [set('traffic[0].to.pod', 'default/serve-0')], ['unknown-reference spec.traffic[0].to.pod']],
    ['a replica', [set('traffic[0].to.pod', 'default/server-1')], ['unknown-reference spec.traffic[0].to.pod']],
    ['a workload', [set('traffic[0].to', { workload: 'default/nothing' })], ['unknown-reference spec.traffic[0].to.workload']],
    ['an external host', [set('traffic[0].to', { external: 'nobody' })], ['unknown-reference spec.traffic[0].to.external']],
    ['a service', [set('traffic[0].to', { service: 'default/server' })], ['unknown-reference spec.traffic[0].to.service']],
    ['the link of a fault', [set('faults', [{ at: '1ms', kind: 'link-down', link: ['tor-a', 'tor-b'] }])], ['unknown-reference spec.faults[0].link']],
    ['a pod without a namespace', [set('traffic[0].to.pod', 'server-0')], ['wrong-value spec.traffic[0].to.pod']],
  ])

  it('come with the name that was meant', () => {
    const fixes = [
      ...problemsAfter(set('nodes[0].rack', 'A')),
      ...problemsAfter(set('traffic[0].to.pod', 'default/serve-0')),
      ...problemsAfter(set('traffic[0].to.pod', 'server-0')),
      ...problemsAfter(set('traffic[0].to.pod', 'default/server')),
    ].map(({ fix }) => fix)
    expect(fixes).toEqual([
      'Did you mean a?', 'Did you mean default/server-0?', 'Write default/server-0.',
      'Replica i of default/server is the pod default/server-i.',
    ])
  })
})

describe('links and ways', () => {
  problemCases([
    ['a link to itself', [push('fabric.links', { ends: ['spine', 'spine'] })], ['self-link spec.fabric.links[2].ends']],
    ['traffic without a way', [drop('fabric.links[1]')], ['no-path spec.traffic[0]']],
    ['traffic from a node without uplinks', [drop('nodes[0].uplinks')], ['no-path spec.traffic[0]']],
    ['traffic on one node needs no way', [set('fabric.links', []), set('cluster.workloads[1].nodes', ['node-2']), set('external', [])], ['unlinked-switch spec.fabric.switches[2]']],
    ['a switch that nothing is linked to', [push('fabric.switches', { name: 'spare' })], ['unlinked-switch spec.fabric.switches[3]']],
  ])
})

describe('addresses', () => {
  problemCases([
    ['pod and service CIDRs overlap', [set('cluster.serviceCIDR', '10.244.128.0/20')], ['overlapping-cidrs spec.cluster.serviceCIDR']],
    ['the pod CIDR overlaps a default subnet', [set('cluster.podCIDR', '10.2.0.0/16')], ['overlapping-cidrs spec.cluster.podCIDR']],
    ['a default service CIDR is overlapped', [drop('cluster.serviceCIDR'), set('cluster.podCIDR', '10.96.0.0/12')], ['overlapping-cidrs spec.cluster.podCIDR']],
    ['a subnet that a node says overlaps the pods', [set('nodes[0].address', '10.244.3.11/24')], ['overlapping-cidrs spec.nodes[0].address']],
    ['a subnet leaves no other to a switch', [set('cluster.podCIDR', '192.168.0.0/16'), set('cluster.serviceCIDR', '172.16.0.0/16'), set('nodes[0].address', '10.1.0.11/8')], ['overlapping-cidrs spec.nodes[0].address']],
    ['two switches have one subnet', [set('nodes[0].address', '192.168.1.11/24'), set('nodes[1].address', '192.168.1.12/24')], ['overlapping-cidrs spec.nodes[1].address']],
    ['an external host is among the pods', [set('external[0].address', '10.244.0.9')], ['overlapping-cidrs spec.external[0].address']],
    ['an external host is in a subnet of nodes', [set('external[0].address', '10.1.0.77')], ['overlapping-cidrs spec.external[0].address']],
    ['two external hosts have one address', [push('external', { name: 'x', address: '203.0.113.10', attach: 'spine' })], ['duplicate-address spec.external[1].address']],
    ['two nodes have one address', [set('nodes[1].uplinks', [{ switch: 'tor-a' }]), set('nodes[0].address', '10.1.0.11'), set('nodes[1].address', '10.1.0.11')], ['duplicate-address spec.nodes[1].address']],
    ['an address outside the subnet of its switch', [set('nodes[0].address', '10.9.0.11')], ['address-outside-subnet spec.nodes[0].address']],
    ['the address of the switch', [set('nodes[0].address', '10.1.0.1')], ['address-outside-subnet spec.nodes[0].address']],
    ['the broadcast address', [set('nodes[0].address', '10.1.0.255/24')], ['address-outside-subnet spec.nodes[0].address']],
    ['another mask than the neighbour', [set('nodes[1].uplinks', [{ switch: 'tor-a' }]), set('nodes[0].address', '10.1.0.11/24'), set('nodes[1].address', '10.1.0.12/25')], ['address-outside-subnet spec.nodes[1].address']],
    ['a pod block outside the pod CIDR', [set('nodes[0].podBlocks', ['10.245.0.0/26'])], ['out-of-range spec.nodes[0].podBlocks[0]']],
    ['pod blocks of two nodes overlap', [set('nodes[0].podBlocks', ['10.244.1.0/26']), set('nodes[1].podBlocks', ['10.244.1.0/24'])], ['overlapping-cidrs spec.nodes[1].podBlocks[0]']],
  ])
})

describe('pods', () => {
  problemCases([
    ['more than the pod CIDR holds', [set('cluster.podCIDR', '10.244.0.0/30'), set('cluster.workloads[0].replicas', 3), set('cluster.workloads[1].replicas', 2)], ['too-many-replicas spec.cluster.workloads[1].replicas']],
    ['as many as the pod CIDR holds', [set('cluster.podCIDR', '10.244.0.0/30'), set('cluster.workloads[0].replicas', 3)], []],
    ['kept away by a wish, to a node that cannot take them all', [
      set('nodes[0].taints', [{ key: 'x', effect: 'PreferNoSchedule' }]),
      push('cluster.workloads', { name: 'loose', replicas: 110 }),
    ], ['node-pod-limit spec.nodes[1]']],
    ['more than a node runs', [set('cluster.workloads[0].replicas', 111)], ['node-pod-limit spec.nodes[1]']],
    ['as many as a node runs', [set('cluster.workloads[0].replicas', 110)], []],
    ['more than the blocks of a node hold', [set('nodes[1].podBlocks', ['10.244.1.0/28']), set('cluster.workloads[0].replicas', 17)], ['node-block-limit spec.nodes[1].podBlocks']],
    ['without a node to run on', [set('nodes[0].taints', [{ key: 'x', effect: 'NoExecute' }]), set('nodes[1].taints', [{ key: 'x', effect: 'NoSchedule' }]), push('cluster.workloads', { name: 'loose' })], ['no-node-for-pods spec.cluster.workloads[2]']],
  ])
})

describe('the run', () => {
  problemCases([
    ['warms up as long as it lasts', [set('run.warmup', '1s')], ['warmup-too-long spec.run.warmup']],
    ['lasts no time', [set('run', { duration: '0s' })], ['warmup-too-long spec.run.duration', 'never-active spec.traffic[0].start']],
    ['is short and warms up accordingly', [set('run', { duration: '1ms' })], []],
    ['ends before traffic starts', [set('traffic[0].start', '2s')], ['never-active spec.traffic[0].start']],
    ['has traffic that stops before it starts', [assign('traffic[0]', { start: '20ms', stop: '10ms' })], ['never-active spec.traffic[0].stop']],
    ['has a fault that heals before it is there', [set('faults', [{ kind: 'link-down', link: ['tor-a', 'spine'], at: '20ms', until: '10ms' }])], ['never-active spec.faults[0].until']],
    ['has a link flap more often than a run can hold', [set('faults', [{ kind: 'link-flap', link: ['tor-a', 'spine'], at: '10ms', until: '20ms', period: '999ns' }])], ['too-many-flaps spec.faults[0].period']],
    ['has a link flap as often as it may', [set('faults', [{ kind: 'link-flap', link: ['tor-a', 'spine'], at: '10ms', until: '20ms', period: '1us' }])], []],
  ])
})

describe('the agent that a fault ends', () => {
  const ended = (agent: string) => set('faults', [{ kind: 'agent-kill', node: 'node-1', agent, at: '10ms' }])
  const calico = set('variants', [{ name: 'a', cni: 'calico', settings: { felixConfiguration: { bpfEnabled: true } } }])
  problemCases([
    ['runs in none of the variants', [calico, ended('cilium-agent')], ['idle-fault spec.faults[0].agent']],
    ['has another in its place', [calico, ended('kube-proxy')], ['idle-fault spec.faults[0].agent']],
    ['runs on every node', [calico, ended('bird')], []],
    ['runs in one of the variants', [set('variants', [{ name: 'a', cni: 'none' }, { name: 'b', cni: 'cilium' }]), ended('cilium-agent')], []],
    ['runs once for the cluster', [calico, ended('typha')], []],
  ])
})

describe('the change to eBPF', () => {
  const enabled = (node: string) => set('faults', [{ kind: 'ebpf-enable', nodes: [node], at: '10ms' }])
  const calico = (bpfEnabled: boolean) => set('variants', [{ name: 'a', cni: 'none' }, { name: 'b', cni: 'calico', settings: { felixConfiguration: { bpfEnabled } } }])
  problemCases([
    ['is nobody’s', [calico(true), enabled('node-1')], ['idle-fault spec.faults[0].kind']],
    ['is that of a variant', [calico(false), enabled('node-1')], []],
    ['is on a node that is not there', [calico(false), enabled('node-9')], ['unknown-reference spec.faults[0].nodes[0]']],
  ])
})

describe('another key of IPsec', () => {
  const replaced = (id: number) => set('faults', [{ kind: 'ipsec-key', id, at: '10ms' }])
  const cilium = (encryption: object) => set('variants', [{ name: 'a', cni: 'none' }, { name: 'b', cni: 'cilium', settings: { encryption } }])
  problemCases([
    ['is nobody’s', [cilium({ enabled: true, type: 'wireguard' }), replaced(4)], ['idle-fault spec.faults[0].kind']],
    ['is that of a variant', [cilium({ enabled: true, type: 'ipsec' }), replaced(4)], []],
    ['has an id that no mark has room for', [cilium({ enabled: true, type: 'ipsec' }), replaced(16)], ['out-of-range spec.faults[0].id']],
    ['is kept for something that is no time', [cilium({ enabled: true, type: 'ipsec', ipsec: { keyRotationDuration: 'long' } })], ['refused-setting spec.variants[1].settings.encryption.ipsec.keyRotationDuration']],
  ])
})

describe('traffic', () => {
  const ends = { from: { pod: 'default/client-0' }, to: { pod: 'default/server-0', port: 80 } }
  problemCases([
    ['of an unknown kind', [set('traffic[0].kind', 'tcp-steam')], ['wrong-value spec.traffic[0].kind']],
    ['with an unknown congestion control', [set('traffic[0].congestion', 'vegas')], ['wrong-value spec.traffic[0].congestion']],
    ['with a field that its kind does not have', [set('traffic[0].arrivals', 'poisson')], ['not-applicable spec.traffic[0].arrivals']],
    ['with sizes that differ for datagrams', [assign('traffic[0]', { kind: 'udp-rr', request: 'exponential 1kB' })], ['not-applicable spec.traffic[0].request']],
    ['with a barrier and a rate', [assign('traffic[0]', { kind: 'http', requestRate: 100, barrier: true })], ['not-applicable spec.traffic[0].barrier']],
    ['with two answers to how much', [assign('traffic[0]', { kind: 'http', load: 0.5, requestRate: 100 })], ['not-applicable spec.traffic[0].load']],
    ['with more load than its link has room for', [assign('traffic[0]', { kind: 'http', load: 1.5 })], ['out-of-range spec.traffic[0].load']],
    ['with a tail too long for a mean', [assign('traffic[0]', { kind: 'http', response: 'pareto 10kB 0.9' })], ['wrong-value spec.traffic[0].response']],
    ['with sizes of no known form', [assign('traffic[0]', { kind: 'http', response: 'normal 10kB' })], ['wrong-value spec.traffic[0].response']],
    ['with a pattern that there is not', [set('traffic[0].pattern', 'star')], ['wrong-value spec.traffic[0].pattern']],
    ['of every kind, each with its fields', [
      set('traffic', [
        { name: 'crr', kind: 'tcp-crr', ...ends, rate: '1Mbit', arrivals: 'poisson' },
        { name: 'urr', kind: 'udp-rr', ...ends, request: '64B', timeout: '10ms' },
        { name: 'ping', kind: 'icmp', ...ends, payload: '56B' },
        { name: 'web', kind: 'http', ...ends, pattern: 'all-to-all', response: 'web-search', load: 0.3 },
        { name: 'back', kind: 'tcp-stream', ...ends, reverse: true, sendfile: true },
      ]),
    ], []],
    ['with two things at one end', [set('traffic[0].to.node', 'node-1')], ['ambiguous-end spec.traffic[0].to']],
    ['with nothing at an end', [set('traffic[0].from', {})], ['ambiguous-end spec.traffic[0].from']],
    ['with a port at its sender', [set('traffic[0].from.port', 99)], ['not-applicable spec.traffic[0].from.port']],
    ['with datagrams longer than any', [assign('traffic[0]', { kind: 'udp-stream', payload: '64KiB' })], ['out-of-range spec.traffic[0].payload']],
  ])
})

describe('manifests', () => {
  const service = (selector: PlainValue) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector } })
  const policy = (spec: PlainValue) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec })
  const manifest = 'spec.cluster.manifests[0]'
  const refused = `not-modelled ${manifest}.kind`
  const given = (...manifests: PlainValue[]): Change[] => [set('cluster.manifests', manifests)]
  const deployment = (name: string) => ({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },
    spec: { replicas: 2, template: { metadata: { labels: { app: name } }, spec: { containers: [{ ports: [{ containerPort: 80 }] }] } } },
  })
  problemCases([
    ['that are modelled', given(service({ app: 'server' })), []],
    ['that are not modelled', given({ ...service({}), kind: 'Ingress' }), [refused]],
    ['that say nothing about the network', given({ ...service({}), kind: 'ConfigMap' }), [`unused-object ${manifest}.kind`]],
    ['in a file', given({ file: 'manifests/policy.yaml' }), []],
    ['outside the folder by dots', given({ file: 'a/../../b.yaml' }), [`manifest-outside-folder ${manifest}.file`]],
    ['outside the folder by a root', given({ file: '/etc/passwd' }), [`manifest-outside-folder ${manifest}.file`]],
    ['outside the folder by a drive', given({ file: String.raw`C:\x.yaml` }), [`manifest-outside-folder ${manifest}.file`]],
    ['outside the folder by an address', given({ file: 'https://example.org/x.yaml' }), [`manifest-outside-folder ${manifest}.file`]],
    ['with a selector that selects nothing', given(service({ app: 'other' })), [`selects-nothing ${manifest}.spec.selector`]],
    ['with an expression that selects nothing', given(policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['other'] }] } })), [`selects-nothing ${manifest}.spec.podSelector`]],
    ['with an empty selector', given(policy({ podSelector: {} })), []],
    ['with a peer that selects nothing', given(policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }] })), [`selects-nothing ${manifest}.spec.ingress[0].from[0].namespaceSelector`]],
    ['in a namespace that is not there', given({ ...service({ app: 'server' }), metadata: { name: 's', namespace: 'gone' } }), [
      `unknown-reference ${manifest}.metadata.namespace`, `selects-nothing ${manifest}.spec.selector`,
    ]],
    ['without a name', given({ apiVersion: 'v1', kind: 'Service', metadata: {} }), [`missing ${manifest}.metadata.name`]],
    ['twice the same', given(service({ app: 'server' }), service({ app: 'server' })), ['duplicate-name spec.cluster.manifests[1].metadata.name']],
    ['of one name in two groups', given(policy({ podSelector: {} }), { ...policy({}), apiVersion: 'projectcalico.org/v3' }), []],
    ['that make pods for traffic', [...given(deployment('web')), set('traffic[0].to', { pod: 'default/web-1' })], []],
    ['that make fewer pods than traffic needs', [...given(deployment('web')), set('traffic[0].to', { pod: 'default/web-2' })], ['unknown-reference spec.traffic[0].to.pod']],
    ['of the name of a workload', given(deployment('server')), [`duplicate-name ${manifest}.name`]],
    ['of a workload with a name that is none', given(deployment('Web')), [`invalid-name ${manifest}.name`]],
  ])
})

describe('settings', () => {
  const calico = (settings: PlainValue): Change[] => [set('variants[1].settings', settings)]
  const cilium = (settings: PlainValue): Change[] => [set('variants[2].settings', settings)]
  const ofCalico = 'spec.variants[1].settings'
  const ofCilium = 'spec.variants[2].settings'
  problemCases([
    ['at their default', calico({ ipPool: { ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true }, felixConfiguration: { iptablesBackend: 'auto' } }), []],
    ['that are modelled beside the default', cilium({ MTU: 1450, bpf: { hostLegacyRouting: true } }), []],
    ['with text for a boolean, as the chart has it', cilium({ kubeProxyReplacement: 'false' }), []],
    ['two encapsulations at once', calico({ ipPool: { ipipMode: 'Always', vxlanMode: 'CrossSubnet' } }), [`two-encapsulations ${ofCalico}.ipPool.vxlanMode`]],
    ['that are not modelled', calico({ ipPool: { disabled: true } }), [`not-modelled ${ofCalico}.ipPool.disabled`]],
    ['VXLAN of Calico', calico({ ipPool: { vxlanMode: 'Always' } }), []],
    ['real but without a model', calico({ felixConfiguration: { goGCThreshold: 50 }, bgpConfiguration: { bindMode: 'NodeIP' } }), [
      `not-modelled ${ofCalico}.felixConfiguration.goGCThreshold`, `not-modelled ${ofCalico}.bgpConfiguration.bindMode`,
    ]],
    ['a group without a model', cilium({ hubble: { enabled: true } }), [`not-modelled ${ofCilium}.hubble`]],
    ['unknown', calico({ ipPool: { ipipmode: 'Always' } }), [`unknown-setting ${ofCalico}.ipPool.ipipmode`]],
    ['of another plugin', calico({ routingMode: 'tunnel' }), [`unknown-setting ${ofCalico}.routingMode`]],
    ['with a value that the plugin refuses', calico({ ipPool: { ipipMode: 'Sometimes' } }), [`refused-setting ${ofCalico}.ipPool.ipipMode`]],
    ['with a block larger than the pool', calico({ ipPool: { cidr: '10.244.0.0/24', blockSize: 20 } }), [`refused-setting ${ofCalico}.ipPool.blockSize`]],
    ['with a pool outside the pod CIDR', calico({ ipPool: { cidr: '192.168.0.0/16' } }), [`refused-setting ${ofCalico}.ipPool.cidr`]],
    ['that the plugin refuses together', cilium({ autoDirectNodeRoutes: true }), [`refused-setting ${ofCilium}.autoDirectNodeRoutes`]],
    ['native routing without its range', cilium({ routingMode: 'native' }), [`refused-setting ${ofCilium}.ipv4NativeRoutingCIDR`]],
    ['of kube-proxy', cilium({ kubeProxy: { mode: 'ipvs' } }), []],
    ['of the host network', [set('variants[0].settings', { kubeProxy: { mode: 'nftables' } })], []],
    ['of modes by annotation', cilium({ kubeProxyReplacement: true, loadBalancer: { mode: 'annotation' } }), [`not-modelled ${ofCilium}.loadBalancer.mode`]],
    ['of a backend that is not modelled', [push('variants', { name: 'flannel', cni: 'flannel', settings: { Backend: { Type: 'wireguard' } } })], ['not-modelled spec.variants[3].settings.Backend.Type']],
  ])
})

describe('the view', () => {
  problemCases([
    ['of what is there', [set('view', { nodes: { 'node-1': { x: 1, y: 2 } }, workloads: { 'default/server': { x: 0, y: 0, locked: true } } })], []],
    ['of what is not there', [set('view', { nodes: { 'node-9': { x: 1, y: 2 } } })], ['stale-view spec.view.nodes.node-9']],
    ['with a place that is no number', [set('view', { nodes: { 'node-1': { x: '1', y: 2 } } })], ['wrong-type spec.view.nodes.node-1.x']],
  ])
})

describe('many faults at once', () => {
  it('are all reported, each at its own place', () => {
    const problems = problemsAfter(
      set('fabric.links[0].mtu', 10),
      drop('fabric.links[1].ends'),
      set('nodes[0].nic', { rate: 'fast' }),
      drop('nodes[1].name'),
      set('cluster.workloads[1].namespace', 'gone'),
      set('variants[1].settings', { ipPool: { ipipMode: 'Always', vxlanMode: 'Always', other: 1 } }),
      push('traffic', { name: 'bulk', kind: 'tcp-stream', congestion: 'bbr', from: { node: 'node-1' }, to: { node: 'node-1' } }),
      set('run.warmup', '2s'),
    )
    expect(problems.map(({ code, path }) => `${code} ${path}`).toSorted()).toEqual([
      'duplicate-name spec.traffic[1].name',
      'missing spec.fabric.links[1].ends',
      'missing spec.nodes[1].name',
      'mtu-out-of-range spec.fabric.links[0].mtu',
      'two-encapsulations spec.variants[1].settings.ipPool.vxlanMode',
      'unknown-reference spec.cluster.workloads[0].nodes[0]',
      'unknown-reference spec.cluster.workloads[1].namespace',
      'unknown-reference spec.traffic[0].from.pod',
      'unknown-setting spec.variants[1].settings.ipPool.other',
      'warmup-too-long spec.run.warmup',
      'wrong-unit spec.nodes[0].nic.rate',
    ])
  })
})
