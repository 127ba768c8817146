import { readFileSync } from 'node:fs'

import { buildRunPlan } from '#main/simulation/plan/index'
import { tracePacket, type TraceRequest } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import { parseLab, unknownVariantsText } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

import { DATAPATH_VARIANTS, datapathLab } from '../../../../support/datapath-lab'
import { databasePolicy, policyLab } from '../../../../support/policy-lab'

const lab = datapathLab()

function trace(variant: string, more: Partial<TraceRequest> = {}): Trace {
  const result = tracePacket(lab, { variant, from: 'default/client-0', to: 'default/far-0', protocol: 'tcp', ...more })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}

/** Labs without BGP between nodes and fabric have no way between subnets without a tunnel. */
const LOST: ReadonlySet<string> = new Set(['calico-bgp', 'calico-ebpf-bgp', 'flannel-host-gw'])

describe('a trace', () => {
  it.each(DATAPATH_VARIANTS.map(({ name }) => name))('with %s goes there and back, or ends where no router knows the way', (name) => {
    for (const protocol of ['tcp', 'udp', 'icmp'] as const) {
      const { verdict, reason, hops } = trace(name, { protocol })
      if (LOST.has(name)) expect([verdict, reason, hops.at(-1)!.stage]).toEqual(['dropped', 'no-route', 'drop'])
      else expect([verdict, hops.at(-1)!.direction]).toEqual(['delivered', 'answer'])
    }
  })

  it('of a lab whose pods come and go gives one of them the address of another that is gone, as a run does', () => {
    const reused = parseLab(readFileSync('resources/labs/failures/address-reused.cnilab.yaml', 'utf8')).lab!
    const sourceOf = (from: string): string | undefined => {
      const result = tracePacket(reused, { variant: 'cilium-vxlan', from: `default/${from}`, to: 'default/server-0', protocol: 'udp' })
      if (!('trace' in result)) throw new Error(JSON.stringify(result))
      return result.trace.hops[0]!.headers.find(({ layer }) => layer === 'ipv4')?.fields['ip.src']
    }
    expect(sourceOf('stranger-0')).toMatch(/^10\.244\.1\./u)
    expect(sourceOf('stranger-0')).toBe(sourceOf('trusted-0'))
  })

  it('begins and ends at the pods, in names that a node shows', () => {
    const { hops } = trace('calico-ipip')
    expect([hops[0]!.node, hops[0]!.device]).toEqual(['node-1', 'eth0 (default/client-0)'])
    expect([hops.at(-1)!.node, hops.at(-1)!.device]).toEqual(['node-1', 'eth0 (default/client-0)'])
    const devices = hops.filter(({ direction, captured }) => direction === 'request' && captured !== undefined)
    expect(devices.map(({ device }) => device.replace(/^cali[0-9a-f]{11}$/u, 'cali…'))).toEqual([
      'eth0 (default/client-0)',
      'cali…',
      'tunl0',
      'eth0',
      'eth0',
      'tunl0',
      'cali…',
      'eth0 (default/far-0)',
    ])
    expect(new Set(hops.filter(({ device }) => device === 'tunl0').map(({ linkType }) => linkType))).toEqual(new Set(['raw']))
  })

  it('of a pod to itself stays inside, whatever policies say, as its traffic does', () => {
    const text = policyLab([databasePolicy('deny')]).replace('"shop/web-0"', '"shop/db-0"')
    const denied = parseLab(text).lab!
    for (const variant of ['calico', 'cilium']) {
      expect(buildRunPlan(denied, variant)).toHaveProperty('plan')
      const toDatabase = { variant, to: 'shop/db-0', protocol: 'tcp' } as const
      expect(tracePacket(denied, { ...toDatabase, from: 'shop/db-0' })).toMatchObject({ trace: { verdict: 'delivered' } })
      expect(tracePacket(denied, { ...toDatabase, from: 'shop/web-0' })).toMatchObject({ trace: { verdict: 'dropped' } })
    }
  })

  it('names the devices of both pods of a node apart', () => {
    const { hops } = trace('cilium-vxlan', { to: 'default/near-0' })
    const request = hops.filter(({ direction }) => direction === 'request')
    const of = (stage: string) => request.filter((hop) => hop.stage === stage).map(({ device }) => device)
    expect(of('bpf-from-container')).not.toEqual(of('bpf-to-container'))
    expect(of('veth-transmit')).toEqual(['eth0 (default/client-0)', ...of('bpf-to-container')])
    expect(request.at(-1)!.device).toBe('eth0 (default/near-0)')
  })

  it('says what each stage changes', () => {
    const { hops } = trace('calico-vxlan')
    const changes = hops.filter(({ direction }) => direction === 'request').flatMap(({ change }) => change ?? [])
    expect(changes).toEqual([
      'put on: Ethernet',
      'new Ethernet addresses; TTL 64 → 63',
      'put on: IPv4, UDP, VXLAN',
      'put on: Ethernet',
      'new Ethernet addresses; TTL 64 → 63',
      'new Ethernet addresses; TTL 63 → 62',
      'new Ethernet addresses; TTL 62 → 61',
      'taken off: Ethernet, IPv4, UDP, VXLAN',
      'new Ethernet addresses; TTL 63 → 62',
    ])
  })

  it('says whose policy decided, and at which stage', () => {
    const decided = trace('cilium-vxlan').hops.filter(({ decidedBy }) => decidedBy !== undefined)
    expect(decided.map(({ stage }) => stage)).toEqual(['bpf-from-container', 'bpf-to-container'])
  })

  it('ends where a policy denies, in the stage that looks at it, with the rule and the counter', () => {
    const deny = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    }
    const closed = datapathLab({ manifests: [deny] })
    for (const [variant, stages, counter] of [
      ['calico-ipip', ['nf-forward', 'nf-policy'], 'iptables -vnL cali-tw-'],
      ['calico-nftables-vxlan', ['nf-forward', 'nf-policy'], 'nft list table ip calico'],
      ['calico-ebpf-vxlan', ['bpf-from-tunnel', 'bpf-policy'], 'bpf counters dump'],
      ['cilium-vxlan', ['bpf-from-overlay', 'bpf-to-container'], 'reason 133'],
    ] as const) {
      const result = tracePacket(closed, { variant, from: 'default/client-0', to: 'default/far-0', protocol: 'tcp' })
      if (!('trace' in result)) throw new Error(JSON.stringify(result))
      const { verdict, reason, hops } = result.trace
      expect([verdict, reason, hops.at(-1)!.node]).toEqual(['dropped', 'policy-default-deny', 'node-2'])
      expect(hops.slice(-2).map(({ stage }) => stage)).toEqual(stages)
      expect(hops.at(-1)!.counter).toContain(counter)
      expect(hops.findLast(({ decidedBy }) => decidedBy !== undefined)!.decidedBy).toMatch(/default|no rule/u)
    }
  })

  it.each(DATAPATH_VARIANTS.map(({ name }) => name).filter((name) => /^(calico|cilium)-/u.test(name)))('with %s names the rule of each denial', (variant) => {
    const closed = (policyType: string) =>
      datapathLab({
        manifests: [
          { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'closed', namespace: 'default' }, spec: { podSelector: {}, policyTypes: [policyType] } },
        ],
      })
    const denied = (policyType: string, to: string) => {
      const result = tracePacket(closed(policyType), { variant, from: 'default/client-0', to, protocol: 'tcp' })
      if (!('trace' in result)) throw new Error(JSON.stringify(result))
      const { reason, hops } = result.trace
      return [reason, hops.slice(-2).some(({ decidedBy }) => decidedBy?.includes('no rule') === true || decidedBy?.includes('default') === true)]
    }
    const far = LOST.has(variant) ? [] : ['default/far-0']
    for (const to of [...far, 'default/near-0']) expect([to, ...denied('Ingress', to)]).toEqual([to, 'policy-default-deny', true])
    for (const to of [...far, 'default/near-0', 'node/node-1']) expect([to, ...denied('Egress', to)]).toEqual([to, 'policy-default-deny', true])
  })

  it.each([
    ['calico-ipip', 'nf-nat', 80],
    ['cilium-vxlan', 'bpf-service', 80],
    ['cilium-vxlan-ebpf', 'bpf-connect', 8080],
  ])('by way of a service with %s translates in %s, after asking for port %d', (variant, stage, asked) => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'default' },
      spec: { selector: { app: 'far' }, ports: [{ port: 80, targetPort: 8080 }] },
    }
    const bare = datapathLab({ manifests: [service] })
    const workloads = bare.cluster.workloads.map((workload) => ({ ...workload, labels: { app: workload.name } }))
    const served = { ...bare, cluster: { ...bare.cluster, workloads } }
    const result = tracePacket(served, { variant, from: 'default/client-0', to: 'service/default/shop', protocol: 'tcp' })
    if (!('trace' in result)) throw new Error(JSON.stringify(result))
    const { verdict, hops } = result.trace
    const portAt = (hop: (typeof hops)[number] | undefined, name: string) => Number(hop!.headers.at(-1)!.fields[name])
    expect([verdict, portAt(hops[0], 'tcp.dstport')]).toEqual(['delivered', asked])
    expect(hops.map((hop) => hop.stage)).toContain(stage)
    const answers = hops.filter(({ direction }) => direction === 'answer')
    expect(portAt(hops.findLast(({ direction }) => direction === 'request'), 'tcp.dstport')).toBe(8080)
    expect(portAt(answers[0], 'tcp.srcport')).toBe(8080)
    expect(portAt(answers.at(-1), 'tcp.srcport')).toBe(asked)
  })

  it('leaves checksums to the NIC on the way there, and has them complete behind it', () => {
    const { hops } = trace('calico-ipip')
    expect(hops.find(({ stage }) => stage === 'nic-transmit')!.checksum).toBe('offloaded')
    expect(hops.find(({ stage }) => stage === 'nic-receive')!.checksum).toBe('complete')
  })

  it.each([
    [{ to: 'default/nobody' }, 'The lab has no pod default/nobody.'],
    [{ to: 'node/nobody' }, 'The lab has no node nobody.'],
    [{ to: '198.51.100.1' }, 'Nothing in the lab has the address 198.51.100.1.'],
    [{ variant: 'nothing' }, unknownVariantsText(['nothing'], lab)],
    [{ from: 'external/outside' }, 'default/far-0 is known inside the cluster only, and external/outside is outside.'],
  ] as const)('of %o is refused with the reason', (more, reason) => {
    const request = { variant: 'calico-ipip', from: 'default/client-0', to: 'default/far-0', protocol: 'tcp', ...more } as const
    expect(tracePacket(lab, request)).toEqual({ refused: reason })
  })

  it('takes addresses for names', () => {
    const [first] = trace('calico-ipip').hops.slice(-1)
    const address = first!.headers.find(({ layer }) => layer === 'ipv4')!.fields['ip.src']!
    expect(trace('calico-ipip', { to: address }).hops).toHaveLength(trace('calico-ipip').hops.length)
  })
})
