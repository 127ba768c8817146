import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { tracePacket } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import { captureOf } from '#shared/trace/index'
import { afterAll, describe, expect, it } from 'vitest'

import { makeLab, nodesOn } from '../../support/make-lab'

const native = { kubeProxyReplacement: true, routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true, bpf: { masquerade: true } }
const calico = (felixConfiguration: object) => ({ cni: 'calico', settings: { felixConfiguration } })
const cilium = (settings: object) => ({ cni: 'cilium', settings })

const VARIANTS = Object.entries({
  host: { cni: 'none' },
  'calico-ipip': calico({}),
  'calico-tunnel': calico({ bpfEnabled: true }),
  'calico-dsr': calico({ bpfEnabled: true, bpfExternalServiceMode: 'DSR' }),
  'cilium-kube-proxy': cilium({}),
  'cilium-snat-vxlan': cilium({ kubeProxyReplacement: true, bpf: { masquerade: true } }),
  'cilium-snat-native': cilium(native),
  'cilium-dsr-option': cilium({ ...native, loadBalancer: { mode: 'dsr' } }),
  'cilium-dsr-geneve': cilium({ ...native, loadBalancer: { mode: 'dsr', dsrDispatch: 'geneve' } }),
  'cilium-xdp-vxlan': cilium({ kubeProxyReplacement: true, bpf: { masquerade: true }, loadBalancer: { acceleration: 'native' } }),
  flannel: { cni: 'flannel' },
}).map(([name, variant]) => ({ name, ...variant }))

const service = {
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' },
  spec: {
    type: 'LoadBalancer', selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30_080 }, { name: 'data', port: 9000, protocol: 'UDP', targetPort: 9100, nodePort: 30_053 }],
  },
  status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
}

const lab = makeLab({
  fabric: { switches: [{ name: 'tor' }, { name: 'spine', role: 'spine' }], links: [{ ends: ['tor', 'spine'] }] },
  nodes: nodesOn(['tor'], 3),
  external: [{ name: 'client', address: '203.0.113.10', attach: 'spine' }],
  cluster: {
    workloads: [{ name: 'client', nodes: ['node-1'] }, { name: 'web', labels: { app: 'web' }, nodes: ['node-2'] }],
    manifests: [service],
  },
  variants: VARIANTS,
})

/** From, to, and the port of each protocol: by way of another node, on the backend's node, and from a pod. */
const ASKED = [
  ['external/client', 'service/default/web', { tcp: 80, udp: 9000 }],
  ['external/client', 'node/node-3', { tcp: 30_080, udp: 30_053 }],
  ['external/client', 'node/node-2', { tcp: 30_080, udp: 30_053 }],
  ['default/client-0', 'node/node-3', { tcp: 30_080, udp: 30_053 }],
  ['default/client-0', '198.51.100.7', { tcp: 80, udp: 9000 }],
] as const

/** Wireshark's severity of errors (epan/proto.h, PI_ERROR). */
const EXPERT_ERROR = 0x800000
const WRONG = ['_ws.malformed', `_ws.expert.severity >= ${EXPERT_ERROR}`, ...['ip', 'tcp', 'udp'].map((name) => `${name}.checksum.status == 0`)].join(' || ')

const folder = mkdtempSync(join(tmpdir(), 'cni-lab-services-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasTshark = spawnSync('tshark', ['--version']).error === undefined

function traceOf(variant: string, from: string, to: string, protocol: 'tcp' | 'udp', port: number): Trace {
  const result = tracePacket(lab, { variant, from, to, protocol, port })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}

function tshark(traces: readonly Trace[], filter: string, ...fields: string[]): string[] {
  const file = join(folder, 'trace.pcapng')
  writeFileSync(file, captureOf(traces))
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => ['-o', `${name}:TRUE`])
  const shown = fields.flatMap((name) => ['-e', name])
  const { stdout, error } = spawnSync('tshark', ['-r', file, ...checks, '-d', 'udp.port==8472,vxlan', '-Y', filter, '-T', 'fields', ...shown], { encoding: 'utf8' })
  if (error !== undefined) throw error
  return stdout.split('\n').filter((line) => line !== '')
}

describe.runIf(hasTshark)('captures of connections to services, read by tshark', () => {
  it.each(VARIANTS.map(({ name }) => name))('have no malformed packet, no error and no bad checksum with %s', (variant) => {
    const traces = ASKED.flatMap(([from, to, ports]) => (['tcp', 'udp'] as const).map((protocol) => traceOf(variant, from, to, protocol, ports[protocol])))
    for (const { verdict, hops } of traces) expect([verdict, hops.at(-1)!.node]).toEqual(['delivered', expect.stringMatching(/^client|node-1$/u)])
    expect(tshark(traces, WRONG, 'frame.number', 'frame.comment')).toEqual([])
  })

  it('show the option of DSR as tshark reads it', () => {
    const traces = [traceOf('cilium-dsr-option', 'external/client', 'node/node-3', 'tcp', 30_080)]
    // From the entry node to the pod: 28 bytes of header, the last 8 an option of type 0x9a.
    expect(new Set(tshark(traces, 'ip.hdr_len == 28', 'ip.len', 'tcp.flags.syn'))).toEqual(new Set(['68\t1']))
    const interfaces = tshark(traces, 'ip.hdr_len == 28 && ip[20:2] == 9a:08', 'frame.interface_name')
    expect(interfaces).toEqual(['node-3 eth0', 'tor to node-2', 'node-2 eth0', 'node-2 eth0 (default/web-0)'])
    const geneve = tshark([traceOf('cilium-dsr-geneve', 'external/client', 'node/node-3', 'tcp', 30_080)], 'geneve', 'geneve.vni', 'geneve.option.class', 'geneve.option.type')
    expect(new Set(geneve)).toEqual(new Set(['0x000002\t0x014b\t0x81']))
  })
})
