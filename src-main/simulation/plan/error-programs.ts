import { tunnelBytes, type FlowTable } from '#shared/plan/index'

import type { Endpoint } from '../cni/common/index'
import type { FlowContext } from './flow-builder'

const NONE = -1

/**
 * By host, the program by which a node takes ICMP errors about what its tunnels send, which is the node's own and no pod's; −1 for
 * hosts without one. Undefined where nothing travels in tunnels.
 */
export function errorPrograms({ lab, topology, network, directions }: FlowContext, flows: FlowTable): Int32Array | undefined {
  if (!lab.run.hostCosts || !hasTunnels(flows)) return undefined
  const nodes = lab.nodes.length
  return Int32Array.from(topology.hosts, (_, host) => {
    if (host >= nodes) return NONE
    const [from, to] = [nodeEnd((host + 1) % nodes), nodeEnd(host)]
    const trip = network.connection(from, to)?.forward
    if (trip === undefined) return NONE
    return directions.controlReceiver({ trip, from, to, packets: { transport: 'icmp', trains: false, opens: false }, sourcePort: 0, destinationPort: 0 })
  })
}

function hasTunnels(flows: FlowTable): boolean {
  for (let row = 0; row < flows.count * 2; row++) if (tunnelBytes(flows, row) > 0) return true
  return false
}

function nodeEnd(host: number): Endpoint {
  return { kind: 'node', host, pod: -1 }
}
