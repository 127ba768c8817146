import type { ControlPlaneRecord, RecordedNode } from '#shared/contract/control-plane'

const path = { origin: 'IGP' as const, localPref: 100, communities: [], clusterList: [], stale: false, used: true, asPath: [] }

/** A node that loses a route at 10 s and gets another way to a second prefix, 0.2 ms apart; its session goes with it. */
export const node: RecordedNode = {
  name: 'node-1',
  kind: 'node',
  routes: [
    { fromSeconds: 0, prefix: '10.1.0.0/24', kind: 'connected', nextHops: [], by: 'kernel' },
    { fromSeconds: 0, untilSeconds: 10, prefix: '10.244.1.0/26', kind: 'via', nextHops: ['10.1.0.12'], by: 'bird' },
    { fromSeconds: 0, untilSeconds: 10.0002, prefix: '10.244.2.0/26', kind: 'via', nextHops: ['10.1.0.12'], by: 'bird' },
    { fromSeconds: 10.0002, prefix: '10.244.2.0/26', kind: 'via', nextHops: ['10.1.0.13'], by: 'bird' },
    { fromSeconds: 20, prefix: '10.244.10.0/26', kind: 'blackhole', nextHops: [], by: 'bird' },
  ],
  paths: [
    { fromSeconds: 0, untilSeconds: 10, prefix: '10.244.2.0/26', paths: [{ ...path, nextHop: '10.1.0.12', from: 'node-2' }, { ...path, nextHop: '10.1.0.13', from: 'node-3', used: false }] },
    { fromSeconds: 10, prefix: '10.244.2.0/26', paths: [{ ...path, nextHop: '10.1.0.13', from: 'node-3', used: false }, { ...path, nextHop: '10.1.0.14' }] },
  ],
  sessions: [
    {
      peer: 'node-2', peerAddress: '10.1.0.12', peerAsn: 64512, client: false,
      states: [{ fromSeconds: 0, untilSeconds: 10, state: 'Established' }, { fromSeconds: 10, state: 'Active' }],
    },
  ],
  messages: [{ protocol: 'bgp', kind: 'UPDATE', count: 3, bytes: 180 }, { protocol: 'watch', kind: 'pod', count: 4 }],
  agents: [
    { agent: 'bird', running: [{ fromSeconds: 0, untilSeconds: 2 }, { fromSeconds: 5 }], memoryBytes: 1e7, cpuSeconds: 0.5, source: 'x' },
    { agent: 'felix', running: [{ fromSeconds: 0 }] },
  ],
  ranges: [
    {
      cidr: '10.244.0.0/26', size: 64, reserved: 2,
      uses: [
        { fromSeconds: 0, address: '10.244.0.1', node: 'node-1' },
        { fromSeconds: 0, untilSeconds: 12, address: '10.244.0.2', node: 'node-1', pod: 'default/web-0' },
        { fromSeconds: 15, address: '10.244.0.2', node: 'node-1', pod: 'default/web-1' },
        { fromSeconds: 0, address: '10.244.0.3', node: 'node-2', pod: 'default/db-0' },
      ],
    },
    { cidr: '10.244.0.64/26', size: 64, reserved: 0, claimedSeconds: 15, uses: [{ fromSeconds: 15, address: '10.244.0.65', node: 'node-1', pod: 'default/web-2' }] },
  ],
  borrowed: [{ fromSeconds: 0, untilSeconds: 12, address: '10.244.9.1', node: 'node-1', pod: 'default/web-3' }],
  tables: [{ table: 'routes', entries: 5 }],
}

/** A record of that node, with a change that one of three nodes never comes to know. */
export const record: ControlPlaneRecord = {
  schema: 'cnilab/control-plane/v1',
  variant: 'calico',
  durationSeconds: 30,
  convergedAfterSeconds: 2,
  nodes: [node],
  changes: [
    {
      kind: 'pod-add', what: 'default/web-0 created', atSeconds: 10,
      steps: [
        { node: 'node-1', agent: 'felix', knownSeconds: 10.1, doneSeconds: 10.2 },
        { node: 'node-2', agent: 'felix', knownSeconds: 10.2, doneSeconds: 11 },
        { node: 'node-3', agent: 'felix' },
      ],
    },
  ],
}
