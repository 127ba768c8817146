import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

import { labHash, labJsonSchema, parseLab } from '#shared/lab/index'
import { parseNanos } from '#shared/units/index'

import { drop, labAfter, push, sampleText, set } from './sample-lab'

const exampleText = readFileSync('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')
const quantity = (text: string): unknown => {
  const result = parseNanos(text)
  return result.ok ? result.value : result.error
}

describe('defaults', () => {
  const lab = labAfter(set('run', {}), drop('cluster.podCIDR'), drop('cluster.serviceCIDR'))

  it('of links are those between switches', () => {
    expect(lab.fabric.links[0]).toEqual({
      ends: ['tor-a', 'spine'], rate: 100e9, delay: 1000, mtu: 9000, queue: { unit: 'bytes', bytes: 1_000_000 }, framing: 38,
      discipline: { kind: 'droptail' }, loss: 0, corrupt: 0, duplicate: 0, jitter: 0, jitterReorders: false, reorder: 0, reorderDelay: 100_000,
    })
  })

  it('of nodes are those of a common worker, and uplinks follow the NIC', () => {
    expect(lab.nodes[0]).toMatchObject({
      cpu: { cores: 8, ghz: 3 },
      nic: { rate: 25e9, mtu: 1500, queues: 8, offloads: { tso: true, gro: true, tunnel: true } },
      uplinks: [{ switch: 'tor-a', rate: 25e9, delay: 1000, mtu: 1500, framing: 38 }],
      labels: {}, taints: [], podBlocks: [],
    })
    const other = labAfter(set('nodes[0].nic', { rate: '10Gbit', mtu: 9000 }), set('nodes[0].cpu', { cores: 2 })).nodes[0]
    expect(other).toMatchObject({ nic: { queues: 2 }, uplinks: [{ rate: 10e9, mtu: 9000 }] })
  })

  it('of the cluster are the usual ranges, and a namespace default in any case', () => {
    expect(lab.cluster.podCIDR).toEqual({ network: 0x0af40000, length: 16 })
    expect(lab.cluster.serviceCIDR).toEqual({ network: 0x0a600000, length: 16 })
    expect(labAfter(set('cluster.namespaces', [{ name: 'test' }])).cluster.namespaces.map(({ name }) => name)).toEqual(['test', 'default'])
  })

  it('of the run are one second, a tenth of it to warm up, one seed', () => {
    expect(lab.run).toEqual({ duration: quantity('1s'), warmup: quantity('100ms'), seeds: 1, hostCosts: true })
    expect(labAfter(set('run', { duration: '10s' })).run.warmup).toBe(quantity('100ms'))
    expect(labAfter(set('run', { duration: '5ms' })).run.warmup).toBe(quantity('500us'))
  })

  it('of traffic fit its kind', () => {
    const ends = { from: { node: 'node-1' }, to: { node: 'node-2' } }
    const { traffic } = labAfter(set('traffic', [
      { name: 'a', kind: 'tcp-stream', ...ends }, { name: 'b', kind: 'udp-stream', ...ends }, { name: 'c', kind: 'tcp-rr', ...ends },
    ]))
    expect(traffic).toMatchObject([
      { streams: 1, start: 0, congestion: 'cubic' },
      { rate: 1e9, payload: 1400, arrivals: 'constant' },
      { request: 1, response: 1, congestion: 'cubic' },
    ])
    expect(Object.keys(traffic[1]!)).not.toContain('congestion')
  })

  it('of settings are those of a fresh install', () => {
    const [host, calico, cilium] = lab.variants
    expect(host?.settings).toMatchObject({ kubeProxy: { mode: 'iptables', conntrack: { maxPerCore: 32_768, min: 131_072 } } })
    expect(calico?.settings).toMatchObject({
      ipPool: { ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true, blockSize: 26 },
      felixConfiguration: { bpfEnabled: false, ipipMTU: 0 },
      bgpConfiguration: { nodeToNodeMeshEnabled: true, asNumber: 64_512 },
    })
    expect(cilium?.settings).toMatchObject({ routingMode: 'tunnel', tunnelProtocol: 'vxlan', kubeProxyReplacement: false, MTU: 0 })
  })

  it('cannot be changed by a reader', () => {
    expect(() => { (lab.nodes[0]!.nic as { mtu: number }).mtu = 1 }).toThrow(TypeError)
    expect(() => { (lab.nodes as unknown[]).push(1) }).toThrow(TypeError)
  })
})

describe('the hash of a lab', () => {
  const hashOf = (text: string): string => {
    const { lab } = parseLab(text)
    return lab === undefined ? 'no lab' : labHash(lab)
  }
  const hash = hashOf(sampleText())

  it('is 64 hexadecimal digits', () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/u)
  })

  it('stays when only the writing changes', () => {
    expect(hashOf(sampleText(set('view', { nodes: { 'node-1': { x: 1, y: 2 } }, notes: [{ name: 'n', text: 't', x: 0, y: 0 }] })))).toBe(hash)
    expect(hashOf(sampleText(set('run', { seeds: 2, warmup: '100000us', duration: '1000ms', hostCosts: true })))).toBe(hash)
    expect(hashOf(sampleText(set('nodes[0].cpu', { ghz: 3, cores: 8 }), set('fabric.switches[0].role', 'tor')))).toBe(hash)
    expect(hashOf(`# a comment\n${sampleText()}`)).toBe(hash)
  })

  it('changes with what is meant', () => {
    const hashes = [
      hash,
      hashOf(sampleText(set('/metadata.name', 'other'))),
      hashOf(sampleText(set('fabric.links[0].delay', '2us'))),
      hashOf(sampleText(set('variants[1].settings', { ipPool: { blockSize: 27 } }))),
      hashOf(sampleText(push('nodes', { name: 'node-3', uplinks: [{ switch: 'tor-a' }] }))),
    ]
    expect(hashes).not.toContain('no lab')
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(labJsonSchema())) as z.core.JSONSchema.JSONSchema)

  it('accepts the example lab as it is in the file', () => {
    expect(schema.safeParse(parse(exampleText)).error).toBeUndefined()
  })

  it.each([
    ['an unknown key', sampleText(set('nodes[0].cpus', 1))],
    ['a wrong unit', sampleText(set('run.duration', '1 second'))],
    ['an MTU out of range', sampleText(set('fabric.links[0].mtu', 1))],
    ['an unknown setting', sampleText(set('variants[1].settings', { ipPools: {} }))],
    ['a missing name', sampleText(drop('nodes[0].name'))],
  ])('refuses %s', (_, text) => {
    expect(schema.safeParse(JSON.parse(text)).success).toBe(false)
  })

  it('is plain JSON that says what it is', () => {
    expect(labJsonSchema()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'CNI Lab file', type: 'object' })
  })
})
