import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { comparisonFacts } from '#main/simulation/comparison/index'
import type { VariantFacts, WayKind } from '#shared/contract/comparison'
import { parseLab, type Lab } from '#shared/lab/index'

function labOf(name: string, edit: (text: string) => string = (text) => text): Lab {
  const { lab, problems } = parseLab(edit(readFileSync(`resources/labs/${name}.cnilab.yaml`, 'utf8')))
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return lab!
}

const twoRacks = labOf('calico-vs-cilium')
const facts = comparisonFacts(twoRacks)
const [, ipip, vxlan] = facts.variants as [VariantFacts, VariantFacts, VariantFacts]

const layers = (variant: VariantFacts, kind: WayKind): string[] =>
  variant.ways.find((way) => way.kind === kind)!.request.wire.map(({ layer }) => layer)

describe('What variants are built of', () => {
  it('is told of each variant, or of those named', () => {
    expect(facts.variants.map(({ variant }) => variant)).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
    expect(comparisonFacts(twoRacks, ['cilium-vxlan']).variants.map(({ variant }) => variant)).toEqual(['cilium-vxlan'])
  })

  it('has the headers on the wire and the stages on hosts of a connection, both ways', () => {
    expect(layers(ipip, 'two-subnets')).toEqual(['ethernet', 'ipv4', 'ipv4', 'tcp'])
    const [way] = ipip.ways
    expect(way).toMatchObject({ from: 'default/client-0', to: 'default/server-0', traffic: 'bulk', verdict: 'delivered' })
    expect(way!.request.stages.map(({ stage }) => stage)).toContain('ipip-encapsulate')
    expect(way!.request.stages.some(({ stage }) => stage === 'switch-route')).toBe(false)
    expect(way!.answer!.stages.map(({ stage }) => stage)).toContain('ipip-decapsulate')
    expect(layers(vxlan, 'two-subnets')).toEqual(['ethernet', 'ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'tcp'])
  })

  it('looks at pods that no traffic connects, where there is no traffic of the kind', () => {
    const lab = labOf('calico-vs-cilium', (text) => text.replace('{name: client, namespace: default, replicas: 1,', '{name: client, namespace: default, replicas: 2,'))
    const ways = comparisonFacts(lab, ['calico-ipip']).variants[0]!.ways.map(({ kind, traffic }) => [kind, traffic])
    expect(ways).toEqual([['two-subnets', 'bulk'], ['one-node', undefined]])
  })

  it('finds the way to a service', () => {
    const lab = labOf('load-balancer')
    const [{ ways }] = comparisonFacts(lab, [lab.variants[0]!.name]).variants as [VariantFacts]
    expect(ways.map(({ kind }) => kind)).toContain('service')
  })

  it('counts sessions and messages of BGP, and rows of routing tables by who wrote them', () => {
    const { controlPlane } = ipip
    expect(controlPlane).toMatchObject({ sessionsPerNode: 1, routes: { bird: 2 }, ranges: 2 })
    expect('messages' in controlPlane && controlPlane.messages.map(({ kind }) => kind)).toEqual(['OPEN', 'UPDATE', 'KEEPALIVE'])
    // The nodes' own: the fabric's switches speak BGP whichever plugin there is.
    expect('messages' in controlPlane && controlPlane.messages[0]!.count).toBe(2)
    expect(vxlan.controlPlane).toMatchObject({ sessionsPerNode: 0, messages: [], routes: { 'cilium-agent': 2 } })
  })

  it('counts pairs of pods that the plugin’s reading of the policies lets connect', () => {
    const lab = labOf('network-policies')
    const [calico, cilium, flannel] = comparisonFacts(lab).variants.map(({ policies }) => policies)
    expect(flannel).toMatchObject({ dialect: null, pairs: { allowed: 56, all: 56 } })
    expect(calico!.dialect).toBe('calico')
    expect([calico!.pairs!.allowed, cilium!.pairs!.allowed]).toEqual([45, 33])
    expect(cilium!.unused.map(({ object }) => object)).toContain('GlobalNetworkPolicy prometheus-egress')
  })

  it('has rules that grow with services where kube-proxy writes them, and map entries where programs answer', () => {
    const { serviceSizes } = ipip
    expect(serviceSizes.map(({ services, rulesTried }) => [services, rulesTried])).toEqual([[10, 15], [100, 105], [1000, 1005]])
    expect(serviceSizes.map(({ rulesPerNode }) => rulesPerNode)).toEqual([80, 800, 8000])
    const cilium = labOf('calico-vs-cilium', (text) => text.replace('{routingMode: tunnel,', '{kubeProxyReplacement: true, routingMode: tunnel,'))
    const replaced = comparisonFacts(cilium, ['cilium-vxlan']).variants[0]!.serviceSizes
    expect(replaced.every(({ rulesPerNode, rulesTried }) => rulesPerNode === 0 && rulesTried === undefined)).toBe(true)
    expect(replaced[2]!.mapEntriesPerNode - replaced[1]!.mapEntriesPerNode).toBeGreaterThan(900)
  })
})
