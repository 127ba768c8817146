import type { Lab } from '#shared/lab/index'
import type { FlowTable } from '#shared/plan/index'

/** A host that is no node of the lab has an interface for everything. */
const ANY_SIZE = 0x7fffffff

/**
 * The MTU of each host's NIC as the run begins, where the tunnels of some flow make packets that are larger, or will be than
 * what a fault leaves of it: the plugin was told of a larger MTU than there is, and what runs keeps what it was given. Undefined
 * where all packets fit all the time.
 */
export function narrowInterfaces({ nodes, faults }: Pick<Lab, 'nodes' | 'faults'>, hosts: number, flows: FlowTable): Int32Array | undefined {
  const mtus = Int32Array.from({ length: hosts }, (_, host) => nodes[host]?.nic.mtu ?? ANY_SIZE)
  const least = mtus.map((mtu, host) => Math.min(mtu, ...faults.flatMap((fault) =>
    (fault.kind === 'link-mtu' && fault.link.includes(nodes[host]?.name ?? '') ? [fault.mtu] : []))))
  for (let flow = 0; flow < flows.count; flow++) {
    const [client, server] = [flows.clientHost[flow]!, flows.serverHost[flow]!]
    if (client === server) continue
    const payload = flows.mssBytes[flow]!
    if (payload + flows.forwardHeaderBytes[flow]! > least[client]!) return mtus
    if (payload + flows.reverseHeaderBytes[flow]! > least[server]!) return mtus
  }
  return undefined
}
