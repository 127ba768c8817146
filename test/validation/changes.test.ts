/** What changes of pods, policies, services and nodes do to traffic, as their nodes come to know of them. */
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'

import { runLab } from '../support/run-lab'

interface ChangeLab {
  readonly seconds: number
  readonly variant?: object
  readonly traffic: readonly object[]
  readonly faults: readonly object[]
  readonly manifests?: readonly object[]
}

const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'default' }, spec: { podSelector: { matchLabels: { app: 'server' } }, policyTypes: ['Ingress'] } }
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 9000 }] } }

/** A client on node-1, servers on node-2 and node-3. */
function changeLab({ seconds, variant, traffic, faults, manifests = [] }: ChangeLab): string {
  return stringify({
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'changes' },
    spec: {
      fabric: { switches: [{ name: 'tor' }] },
      nodes: ['node-1', 'node-2', 'node-3'].map((name) => ({ name, uplinks: [{ switch: 'tor' }] })),
      cluster: {
        workloads: [
          { name: 'client', replicas: 1, nodes: ['node-1'] },
          { name: 'server', replicas: 2, nodes: ['node-2', 'node-3'], labels: { app: 'server' }, ports: [{ name: 'data', port: 9000 }] },
        ],
        manifests,
      },
      variants: [{ name: 'v', cni: 'calico', ...variant }],
      traffic,
      faults,
      run: { duration: `${seconds}s`, warmup: '0s' },
    },
  })
}

const to = { pod: 'default/server-0', port: 9000 }
const stream = (more: object = {}) => ({ name: 'stream', kind: 'udp-stream', from: { pod: 'default/client-0' }, to, rate: '800kbit', payload: '1000B', ...more })
/** New connections, so many a second from each stream. */
const connections = (perSecond = 50, more: object = {}) => ({
  name: 'connections', kind: 'tcp-crr', from: { pod: 'default/client-0' }, to, request: '100B', response: '100B', rate: `${perSecond * 1600}bit`, ...more,
})

const run = (lab: ChangeLab) => runLab(changeLab(lab), 'v').result
const cilium = { cni: 'cilium' }
const flannel = { cni: 'flannel' }

describe('a policy that is applied', () => {
  const faults = [{ at: '1s', kind: 'policy-add', policy: 'NetworkPolicy default/deny' }]
  const lab = (variant: object, traffic: object[]) => run({ seconds: 4, variant, traffic, faults, manifests: [policy] })

  it('lets Calico’s connections go on, and stops Cilium’s', () => {
    const calico = lab({}, [stream()])
    expect(calico.drops).toEqual({})
    const { drops } = lab(cilium, [stream()])
    // Three of four seconds at 100 packets a second, less what the agent takes to know and to enforce.
    expect(drops['policy-default-deny']).toBeGreaterThan(180)
    expect(drops['policy-default-deny']).toBeLessThan(300)
  })

  it.each([['Calico', {}], ['Cilium', cilium]])('stops new connections with %s', (_, variant) => {
    const { traffic, drops } = lab(variant, [connections()])
    expect(drops['policy-default-deny']).toBeGreaterThan(0)
    // What ended before it: somewhat over a second's worth.
    expect(traffic[0]!.transactionsPerSecond! * 4).toBeGreaterThan(45)
    expect(traffic[0]!.transactionsPerSecond! * 4).toBeLessThan(120)
  })

  it('changes nothing where nobody enforces policies', () => {
    expect(lab(flannel, [connections()]).drops).toEqual({})
  })

  it('does nothing on a node whose agent is away, until that is back', () => {
    const away = (until?: string) =>
      run({
        seconds: 6, variant: cilium, traffic: [stream()], manifests: [policy],
        faults: [...faults, { at: '500ms', until, kind: 'agent-kill', node: 'node-2', agent: 'cilium-agent' }],
      }).drops['policy-default-deny'] ?? 0
    expect(away()).toBe(0)
    expect(away('3s')).toBeGreaterThan(150)
    expect(away('3s')).toBeLessThan(300)
  })

  it('and taken away again lets what waits through', () => {
    const { drops } = run({ seconds: 6, variant: cilium, traffic: [stream()], manifests: [policy], faults: [{ at: '1s', until: '3s', kind: 'policy-add', policy: 'NetworkPolicy default/deny' }] })
    expect(drops['policy-default-deny']).toBeGreaterThan(100)
    expect(drops['policy-default-deny']).toBeLessThan(300)
  })
})

describe('a pod', () => {
  it('that is created sends nothing before it has started', () => {
    const { traffic } = run({ seconds: 10, traffic: [stream()], faults: [{ at: '1s', kind: 'pod-add', pod: 'default/client-0' }] })
    // A start takes seconds, five at most as a rule.
    expect(traffic[0]!.packetsSent).toBeGreaterThan(300)
    expect(traffic[0]!.packetsSent).toBeLessThan(880)
  })

  it('that is deleted gets nothing any more, until it is created again', () => {
    const { drops, traffic } = run({ seconds: 20, traffic: [stream()], faults: [{ at: '1s', until: '5s', kind: 'pod-delete', pod: 'default/server-0' }] })
    expect(Object.keys(drops)).toEqual(['no-pod'])
    expect(drops['no-pod']).toBeGreaterThan(400)
    expect(traffic[0]!.packetsDelivered).toBeGreaterThan(800)
  })

  it('is not started while its node’s kubelet is away', () => {
    const faults = [{ at: '1s', kind: 'pod-add', pod: 'default/client-0' }, { at: '0s', kind: 'agent-kill', node: 'node-1', agent: 'kubelet' }]
    expect(run({ seconds: 10, traffic: [stream()], faults }).traffic[0]!.packetsSent).toBe(0)
  })

  it('is not connected while Felix is away, and nobody else needs it', () => {
    const faults = [{ at: '1s', kind: 'pod-add', pod: 'default/client-0' }, { at: '0s', kind: 'agent-kill', node: 'node-1', agent: 'felix' }]
    expect(run({ seconds: 10, traffic: [stream()], faults }).traffic[0]!.packetsSent).toBe(0)
    expect(run({ seconds: 10, traffic: [stream()], faults, variant: flannel }).traffic[0]!.packetsSent).toBeGreaterThan(300)
  })
})

describe('a service', () => {
  const asks = { to: { service: 'default/web', port: 80 }, streams: 8 }
  const lab = (faults: object[], variant: object = {}, seconds = 6) => run({ seconds, variant, manifests: [service], traffic: [connections(25, asks)], faults })

  it('leaves out a pod that is deleted: only what was sent until then is lost', () => {
    const { drops, traffic } = lab([{ at: '1s', kind: 'pod-delete', pod: 'default/server-0' }])
    // Whether anything is depends on who hears of it first, the kubelet or kube-proxy.
    expect(Object.keys(drops).filter((reason) => reason !== 'no-pod')).toEqual([])
    expect(drops['no-pod'] ?? 0).toBeLessThan(100)
    expect(traffic[0]!.transactionsPerSecond! * 6).toBeGreaterThan(1000)
  })

  it('keeps sending to it from a node whose kube-proxy is away', () => {
    const killed = { at: '0s', kind: 'agent-kill', node: 'node-1', agent: 'kube-proxy' }
    const stale = lab([{ at: '1s', kind: 'pod-delete', pod: 'default/server-0' }, killed])
    const usual = lab([{ at: '1s', kind: 'pod-delete', pod: 'default/server-0' }])
    expect(stale.traffic[0]!.transactionsPerSecond!).toBeLessThan(0.8 * usual.traffic[0]!.transactionsPerSecond!)
  })

  it('drains a pod that goes on for its grace: nothing is lost', () => {
    expect(lab([{ at: '1s', kind: 'pod-delete', pod: 'default/server-0', grace: '4s' }]).drops).toEqual({})
  })

  it('that is created late is not found before', () => {
    const { drops, traffic } = lab([{ at: '2s', kind: 'service-add', service: 'default/web' }])
    expect(Object.keys(drops)).toEqual(['no-route'])
    expect(traffic[0]!.transactionsPerSecond! * 6).toBeGreaterThan(300)
  })

  it('sends to a lost node until Kubernetes gives it up', () => {
    const { drops, traffic } = run({
      seconds: 70, manifests: [service], traffic: [connections(2, { ...asks, streams: 2 })],
      faults: [{ at: '5s', kind: 'node-crash', node: 'node-2' }],
    })
    expect(drops['host-down']).toBeGreaterThan(0)
    expect(traffic[0]!.transactionsPerSecond! * 70).toBeLessThan(260)
  })
})

describe('a node that joins', () => {
  it.each([
    ['BGP', {}, ['host-down', 'no-route']],
    ['VXLAN of Calico', { settings: { ipPool: { vxlanMode: 'Always' } } }, ['host-down', 'no-route']],
    ['Cilium', cilium, ['host-down', 'no-route']],
    ['Flannel', flannel, ['host-down', 'no-route']],
  ])('is reached once the others know of it: %s', (_, variant, reasons) => {
    const { drops, traffic } = run({ seconds: 20, variant, traffic: [stream()], faults: [{ at: '3s', kind: 'node-add', node: 'node-2' }] })
    expect(reasons).toEqual(expect.arrayContaining(Object.keys(drops).filter((reason) => reason !== 'no-pod')))
    expect(traffic[0]!.packetsDelivered).toBeGreaterThan(800)
    expect(traffic[0]!.packetsDelivered).toBeLessThan(1700)
  })
})

it('a node that joins has no addresses for pods while Cilium’s operator is away', () => {
  const faults = [{ at: '2s', kind: 'node-add', node: 'node-2' }, { at: '1s', until: '12s', kind: 'agent-kill', node: 'node-3', agent: 'cilium-operator' }]
  const arrived = (variant: object): number => run({ seconds: 20, variant, traffic: [stream()], faults }).traffic[0]!.packetsDelivered
  expect(arrived(cilium)).toBeGreaterThan(500)
  expect(arrived(cilium)).toBeLessThan(810)
  expect(arrived(flannel)).toBeGreaterThan(1200)
})

describe('a link whose MTU changes', () => {
  const bulk = { name: 'bulk', kind: 'tcp-stream', from: { pod: 'default/client-0' }, to, rate: '100Mbit' }

  it('is noticed by the host at its end: its senders take smaller packets', () => {
    const { drops, traffic } = run({ seconds: 2, traffic: [bulk], faults: [{ at: '1s', kind: 'link-mtu', link: ['node-1', 'tor'], mtu: 1400 }] })
    expect(traffic[0]!.goodputBps).toBeGreaterThan(80e6)
    expect(drops['packet-too-big'] ?? 0).toBeLessThan(100)
  })

  const vxlan = { settings: { ipPool: { vxlanMode: 'Always' } } }
  const faults = [{ at: '500ms', until: '1500ms', kind: 'link-mtu', link: ['node-1', 'tor'], mtu: 1400 }]

  it('makes its host split what a tunnel without DF sends, and the other end put it together, until it is as it was', () => {
    const whole = run({ seconds: 2, variant: vxlan, traffic: [bulk], faults: [] })
    const { drops, traffic, packets } = run({ seconds: 2, variant: vxlan, traffic: [bulk], faults })
    expect(drops).toEqual({})
    expect(traffic[0]!.goodputBps).toBeGreaterThan(0.99 * whole.traffic[0]!.goodputBps)
    // A second of 100 Mbit/s in segments of 1398 bytes, each in two pieces.
    const split = 100e6 / 8 / 1398
    expect(packets.sent - whole.packets.sent).toBeGreaterThan(0.95 * split)
    expect(packets.sent - whole.packets.sent).toBeLessThan(1.05 * split)
  })

  it('is a black hole for what a tunnel brings from behind a bridge', () => {
    const { drops, traffic } = run({ seconds: 2, variant: vxlan, traffic: [{ ...bulk, reverse: true }], faults })
    expect(drops['packet-too-big']).toBeGreaterThan(0)
    expect(traffic[0]!.goodputBps).toBeLessThan(75e6)
  })

  it('is a black hole at the other end of a bridged path', () => {
    const { drops, traffic } = run({ seconds: 3, traffic: [bulk], faults: [{ at: '1s', kind: 'link-mtu', link: ['node-2', 'tor'], mtu: 1400 }] })
    expect(drops['packet-too-big']).toBeGreaterThan(0)
    expect(traffic[0]!.goodputBps).toBeLessThan(60e6)
  })
})
