import { describe, expect, it } from 'vitest'

import { assign, drop, problemCases, problemsAfter, push, set } from './sample-lab'

describe('a valid lab', () => {
  problemCases([
    ['has no problems', [], []],
    ['may have neither variants nor traffic', [drop('variants'), drop('traffic')], []],
    ['may have no spec at all', [drop('/spec')], []],
    ['may give every optional field of a node', [assign('nodes[0]', {
        address: '10.1.0.11/24', asn: 64_600, labels: { 'topology.kubernetes.io/zone': 'a' }, podBlocks: ['10.244.1.0/26'],
        taints: [{ key: 'gpu', effect: 'NoSchedule' }], cpu: { cores: 4, ghz: 2.5 },
        nic: { rate: '10Gbit', mtu: 9000, queues: 4, offloads: { tso: false, gro: true, tunnel: false } },
      })], []],
    ['may write each quantity in any of its units', [set('fabric.links[0]', { ends: ['tor-a', 'spine'], rate: '2.5Gbit', delay: '0.5us', mtu: 1500, queue: '100p', loss: 0.01, framing: '2B' }), set('run', { duration: '1500ms', warmup: '250us', seeds: 1, hostCosts: false })], []],
    ['may have two uplinks to one switch, and parallel links', [push('nodes[0].uplinks', { switch: 'tor-a' }), push('fabric.links', { ends: ['tor-a', 'spine'] })], []],
    ['may have traffic of every kind and end that is modelled', [set('traffic', [
        { name: 'a', kind: 'tcp-stream', from: { workload: 'default/client' }, to: { workload: 'default/server' }, congestion: 'reno', streams: 4 },
        { name: 'b', kind: 'udp-stream', from: { node: 'node-1' }, to: { node: 'node-2' }, rate: '1Gbit', payload: '1400B', arrivals: 'poisson' },
        { name: 'c', kind: 'tcp-rr', from: { pod: 'default/client-0' }, to: { external: 'outside' }, request: '1B', response: '64KiB', start: '10ms', stop: '900ms' },
      ])], []],
    ['may use names of any script for what is no Kubernetes object', [push('fabric.racks', { name: 'Zürich-東' }), set('variants[0].name', 'Basis·1')], []],
  ])
})

describe('wrong types and units', () => {
  problemCases([
    ['a number in quotes', [set('run.seeds', '5')], ['wrong-type spec.run.seeds']],
    ['a bare number for a quantity', [set('run.duration', 1)], ['wrong-type spec.run.duration']],
    ['a section that is null', [set('nodes', null)], [
      'wrong-type spec.nodes', 'unknown-reference spec.cluster.workloads[0].nodes[0]', 'unknown-reference spec.cluster.workloads[1].nodes[0]',
    ]],
    ['a mapping for a list', [set('variants', { name: 'x' })], ['wrong-type spec.variants']],
    ['a text for a mapping', [set('run', '1s')], ['wrong-type spec.run']],
    ['an unknown unit', [set('run.warmup', '100msec')], ['wrong-unit spec.run.warmup']],
    ['a unit of another kind', [set('run.warmup', '100Mbit')], ['wrong-unit spec.run.warmup']],
    ['a space before the unit', [set('run.warmup', '100 ms')], ['wrong-unit spec.run.warmup']],
    ['a quantity without a unit', [set('run.warmup', '100')], ['wrong-unit spec.run.warmup']],
    ['a time finer than a nanosecond', [set('run.warmup', '0.5ns')], ['not-whole spec.run.warmup']],
    ['a negative time', [set('run.warmup', '-1ms')], ['negative spec.run.warmup']],
    ['a rate of zero', [set('nodes[0].nic', { rate: '0bit' })], ['out-of-range spec.nodes[0].nic.rate']],
    ['a queue without room', [set('fabric.links[0].queue', '0p')], ['out-of-range spec.fabric.links[0].queue']],
    ['a loss over one', [set('fabric.links[0].loss', 1.5)], ['out-of-range spec.fabric.links[0].loss']],
    ['a negative loss', [set('fabric.links[0].loss', -0.1)], ['negative spec.fabric.links[0].loss']],
    ['an address of three numbers', [set('external[0].address', '10.1.2')], ['wrong-value spec.external[0].address']],
    ['an IPv6 address', [set('external[0].address', '2001:db8::1')], ['wrong-value spec.external[0].address']],
    ['a prefix with host bits', [set('cluster.podCIDR', '10.244.1.1/16')], ['wrong-value spec.cluster.podCIDR']],
    ['a prefix without a length', [set('cluster.podCIDR', '10.244.0.0')], ['wrong-value spec.cluster.podCIDR']],
    ['three ends of a link', [push('fabric.links[0].ends', 'tor-b')], ['wrong-value spec.fabric.links[0].ends']],
    ['a role that does not exist', [set('fabric.switches[2].role', 'core')], ['wrong-value spec.fabric.switches[2].role']],
    ['a plugin that does not exist', [set('variants[0].cni', 'weave')], ['wrong-value spec.variants[0].cni']],
    ['a missing plugin', [drop('variants[0].cni')], ['missing spec.variants[0].cni']],
    ['a missing name', [drop('external[0].name')], ['missing spec.external[0].name']],
    ['a missing name of the lab', [drop('/metadata')], ['missing metadata']],
    ['a label that is a number', [set('cluster.workloads[0].labels', { tier: 1 })], ['wrong-type spec.cluster.workloads[0].labels.tier']],
  ])

  it('say what was meant where that can be told', () => {
    const [problem] = problemsAfter(set('run.warmup', '100msec'))
    expect(problem?.fix).toBe('Write 100ms.')
  })
})

describe('unknown keys', () => {
  problemCases([
    ['at the top', [set('/status', {})], ['unknown-key status']],
    ['in a list', [set('nodes[0].cpus', 4)], ['unknown-key spec.nodes[0].cpus']],
    ['of a merge', [set('nodes[0]["<<"]', {})], ['unknown-key spec.nodes[0]["<<"]']],
  ])

  it('come with the key that was meant', () => {
    const [problem] = problemsAfter(set('fabric.swithces', []))
    expect(problem).toMatchObject({ code: 'unknown-key', fix: 'Did you mean switches?' })
  })
})

describe('numbers out of range', () => {
  problemCases([
    ['an MTU below 68', [set('fabric.links[0].mtu', 67)], ['mtu-out-of-range spec.fabric.links[0].mtu']],
    ['an MTU above 65535', [set('nodes[0].nic', { mtu: 65_536 })], ['mtu-out-of-range spec.nodes[0].nic.mtu']],
    ['the least and the greatest MTU are fine', [set('fabric.links[0].mtu', 65_535), set('nodes[0].uplinks[0].mtu', 68)], []],
    ['no core', [set('nodes[0].cpu', { cores: 0 })], ['too-few-cores spec.nodes[0].cpu.cores']],
    ['half a core', [set('nodes[0].cpu', { cores: 0.5 })], ['not-whole spec.nodes[0].cpu.cores']],
    ['a negative number of replicas', [set('cluster.workloads[0].replicas', -1)], ['negative spec.cluster.workloads[0].replicas']],
    ['no seeds', [set('run.seeds', 0)], ['out-of-range spec.run.seeds']],
    ['a port over 65535', [set('traffic[0].to.port', 70_000)], ['out-of-range spec.traffic[0].to.port']],
    ['a time past 2^53 ns', [set('run.duration', '9007200s')], ['time-too-long spec.run.duration']],
    ['a time of just 2^53 ns is fine', [set('run.duration', '9007199254740992ns')], []],
  ])
})

describe('names', () => {
  problemCases([
    ['of two nodes alike', [set('nodes[1].name', 'node-1')], [
      'duplicate-name spec.nodes[1].name', 'unknown-reference spec.cluster.workloads[0].nodes[0]',
    ]],
    ['of a switch and a node alike are fine', [set('external[0].name', 'node-1')], []],
    ['of workloads alike in two namespaces are fine', [push('cluster.namespaces', { name: 'test' }), push('cluster.workloads', { name: 'server', namespace: 'test' })], []],
    ['of workloads alike in one namespace', [set('cluster.workloads[1].name', 'server')], [
      'duplicate-name spec.cluster.workloads[1].name', 'unknown-reference spec.traffic[0].from.pod',
    ]],
    ['of variants alike', [set('variants[2].name', 'host')], ['duplicate-name spec.variants[2].name']],
    ['of traffic alike', [push('traffic', { name: 'bulk', kind: 'tcp-rr', from: { node: 'node-1' }, to: { node: 'node-2' } })], ['duplicate-name spec.traffic[1].name']],
    ['that Kubernetes refuses', [set('cluster.workloads[1].name', 'Client_1')], [
      'invalid-name spec.cluster.workloads[1].name', 'unknown-reference spec.traffic[0].from.pod',
    ]],
    ['of two ports of a workload alike', [set('cluster.workloads[0].ports', [{ name: 'http', port: 80 }, { name: 'http', port: 81 }])], ['duplicate-name spec.cluster.workloads[0].ports[1].name']],
    ['with a slash', [set('variants[0].name', 'a/b')], ['invalid-name spec.variants[0].name']],
    ['with a space', [set('variants[0].name', 'a b')], ['invalid-name spec.variants[0].name']],
    ['that are empty', [set('variants[0].name', '')], ['invalid-name spec.variants[0].name']],
    ['that are numbers', [set('variants[0].name', 1)], ['wrong-type spec.variants[0].name']],
  ])
})
