import type { Lab } from '#shared/lab/index'
import type { FlowTable } from '#shared/plan/index'

/** A host that is no node of the lab has an interface for everything. */
const ANY_SIZE = 0x7fffffff

/**
 * The MTU of each host's NIC, where the tunnels of some flow make packets that are larger: the plugin was told of a larger
 * MTU than there is. Undefined where all packets fit.
 */
export function narrowInterfaces({ nodes }: Pick<Lab, 'nodes'>, hosts: number, flows: FlowTable): Int32Array | undefined {
  const mtus = Int32Array.from({ length: hosts }, (_, host) => nodes[host]?.nic.mtu ?? ANY_SIZE)
  for (let flow = 0; flow < flows.count; flow++) {
    const [client, server] = [flows.clientHost[flow]!, flows.serverHost[flow]!]
    if (client === server) continue
    const payload = flows.mssBytes[flow]!
    if (payload + flows.forwardHeaderBytes[flow]! > mtus[client]!) return mtus
    if (payload + flows.reverseHeaderBytes[flow]! > mtus[server]!) return mtus
  }
  return undefined
}
