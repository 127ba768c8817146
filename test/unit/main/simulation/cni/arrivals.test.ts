import { describe, expect, it } from 'vitest'

import { tracePacket } from '#main/simulation/trace/index'
import { parseLab } from '#shared/lab/index'

/** A lab of two nodes on one switch, with a pod each, whose subnet has room for masks that differ. */
function labOf(settings: object, nodes: readonly [object, object] = [{}, {}], cni = 'calico') {
  const [one, two] = nodes
  const content = {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'arrivals' },
    spec: {
      fabric: { switches: [{ name: 'tor' }] },
      nodes: [
        { name: 'n1', address: '10.1.0.11/16', uplinks: [{ switch: 'tor' }], ...one },
        { name: 'n2', address: '10.1.1.11/16', uplinks: [{ switch: 'tor' }], ...two },
      ],
      cluster: {
        workloads: [
          { name: 'a', nodes: ['n1'] },
          { name: 'b', nodes: ['n2'] },
        ],
      },
      variants: [{ name: 'variant', cni, settings }],
    },
  }
  const { lab, problems } = parseLab(JSON.stringify(content))
  expect(problems).toEqual([])
  return lab!
}

/** What becomes of a datagram from the one pod to the other, and where it ends. */
function sent(lab: ReturnType<typeof labOf>, from = 'default/a-0', to = 'default/b-0') {
  const result = tracePacket(lab, { variant: 'variant', from, to, protocol: 'udp', port: 9000 })
  if (!('trace' in result)) throw new Error(JSON.stringify(result))
  const { hops, reason, verdict } = result.trace
  const request = hops.filter(({ direction }) => direction === 'request')
  const last = request.at(-1)!
  return { verdict, reason, by: last.decidedBy, at: [last.node, last.stage], stages: request.map(({ stage }): string => stage), answers: hops.length - request.length }
}

const VXLAN = { ipPool: { vxlanMode: 'Always' } }
const CROSS_SUBNET = { ipPool: { ipipMode: 'CrossSubnet' }, nodes: [{ name: 'n2', bgp: { ipv4Address: '10.1.1.11/24' } }] }

describe('a packet that arrives', () => {
  it('at a node whose VXLAN has another port finds no socket, and its sender is told', () => {
    const odd = sent(labOf({ ...VXLAN, felixConfigurations: [{ name: 'node.n2', vxlanPort: 8472 }] }))
    expect(odd).toMatchObject({ verdict: 'dropped', reason: 'no-socket', at: ['n2', 'udp-receive'] })
    expect(odd.by).toMatch(/no socket has UDP port 4789/u)
    expect(odd.answers).toBeGreaterThan(10)
  })

  it('of a VXLAN network that the node has no device for ends without a word', () => {
    const odd = sent(labOf({ ...VXLAN, felixConfigurations: [{ name: 'node.n1', vxlanVNI: 4097 }] }))
    expect(odd).toMatchObject({ reason: 'unknown-vni', at: ['n2', 'vxlan-decapsulate'], answers: 0 })
  })

  it('is encapsulated by its sender’s mask, whatever the other’s', () => {
    const lab = labOf(CROSS_SUBNET)
    expect(sent(lab)).toMatchObject({ verdict: 'delivered' })
    expect(sent(lab).stages).not.toContain('ipip-encapsulate')
    expect(sent(lab, 'default/b-0', 'default/a-0').stages).toContain('ipip-encapsulate')
  })

  it('is dropped by a strict reverse-path check where the answer would leave by another device', () => {
    const plain = sent(labOf(CROSS_SUBNET, [{}, { rpFilter: 'strict' }]))
    expect(plain).toMatchObject({ reason: 'reverse-path', at: ['n2', 'ip-forward'] })
    expect(plain.by).toMatch(/leads out of tunl0, and the packet came by eth0/u)
    const tunnelled = sent(labOf(CROSS_SUBNET, [{ rpFilter: 'strict' }, {}]), 'default/b-0', 'default/a-0')
    expect(tunnelled).toMatchObject({ reason: 'reverse-path', at: ['n1', 'ip-forward'] })
    expect(sent(labOf(CROSS_SUBNET, [{}, { rpFilter: 'loose' }]))).toMatchObject({ verdict: 'delivered' })
  })

  it.each([
    ['calico', { ipPool: { ipipMode: 'Always' } }],
    ['calico', VXLAN],
    ['calico', { ipPool: { ipipMode: 'Never' } }],
    ['calico', { felixConfiguration: { wireguardEnabled: true } }],
    ['calico', { felixConfiguration: { bpfEnabled: true } }],
    ['cilium', {}],
    ['cilium', { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true }],
    ['flannel', {}],
    ['flannel', { Backend: { Type: 'host-gw' } }],
    ['none', {}],
  ])('passes a strict check where nodes agree: %s %j', (cni, settings) => {
    const strict = { rpFilter: 'strict' }
    const lab = labOf(settings, [strict, strict], cni)
    expect(sent(lab)).toMatchObject({ verdict: 'delivered' })
    expect(sent(lab, 'default/a-0', 'node/n2')).toMatchObject({ verdict: 'delivered' })
    expect(sent(lab, 'node/n1', 'default/b-0')).toMatchObject({ verdict: 'delivered' })
  })
})
