import type { Lab } from '#shared/lab/record/lab'

import { makeLab } from './make-lab'

/** Two racks with a node each and every kind of end; one traffic entry for each pair of ends that a path differs for. */
export function datapathLab(more: { nic?: object; traffic?: object[]; hostCosts?: boolean } = {}): Lab {
  const entry = (name: string, from: object, to: object, kind = 'tcp-stream') => ({ name, kind, from, to })
  return makeLab({
    fabric: {
      switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine', role: 'spine' }],
      links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
    },
    nodes: [
      { name: 'node-1', nic: more.nic ?? {}, uplinks: [{ switch: 'tor-a' }] },
      { name: 'node-2', nic: more.nic ?? {}, uplinks: [{ switch: 'tor-b' }] },
    ],
    cluster: {
      workloads: [
        { name: 'client', nodes: ['node-1'] },
        { name: 'near', nodes: ['node-1'] },
        { name: 'far', nodes: ['node-2'], ports: [{ port: 8080 }] },
      ],
    },
    external: [{ name: 'outside', address: '203.0.113.10', attach: 'spine' }],
    variants: [
      { name: 'host', cni: 'none' },
      { name: 'calico-ipip', cni: 'calico' },
      { name: 'cilium-vxlan', cni: 'cilium' },
    ],
    traffic: more.traffic ?? [
      entry('pod-to-pod-on-another-node', { pod: 'default/client-0' }, { pod: 'default/far-0' }),
      entry('pod-to-pod-on-another-node-udp', { pod: 'default/client-0' }, { pod: 'default/far-0' }, 'udp-stream'),
      entry('pod-to-pod-on-its-node', { pod: 'default/client-0' }, { pod: 'default/near-0' }),
      entry('node-to-pod-on-another-node', { node: 'node-1' }, { pod: 'default/far-0' }),
      entry('node-to-pod-on-it', { node: 'node-1' }, { pod: 'default/near-0' }),
      entry('pod-to-its-node', { pod: 'default/client-0' }, { node: 'node-1' }),
      entry('pod-to-another-node', { pod: 'default/client-0' }, { node: 'node-2' }),
      entry('pod-to-outside', { pod: 'default/client-0' }, { external: 'outside' }),
      entry('node-to-node', { node: 'node-1' }, { node: 'node-2' }),
    ],
    run: { hostCosts: more.hostCosts ?? true },
  })
}
