import type { CalicoSettings } from '#shared/lab/index'

import type { CalicoNode } from '../../agents/index'
import type { Endpoint } from '../common/cni-model'
import type { EntryPrograms, RemoteEntry } from '../common/entry-programs'
import type { Tunnel } from '../common/tunnel'
import type { CalicoEntryPaths } from './calico-paths'

/** The network of the tunnel in which nodes hand connections on, whatever the pool's encapsulation (felix/bpf-gpl, CALI_VXLAN_VNI). */
const NAT_TUNNEL_VNI = 0xca11c0

/** How Calico's eBPF data plane answers for services: the client keeps its address, and the backend's node translates. */
export function calicoEntryPrograms(
  paths: CalicoEntryPaths,
  { felixConfiguration }: CalicoSettings,
  nodeOf: (end: Endpoint) => CalicoNode,
): EntryPrograms {
  const isDirect = felixConfiguration.bpfExternalServiceMode === 'DSR'
  const tunnels = (from: Endpoint, to: Endpoint): Tunnel[] => [
    {
      kind: 'vxlan',
      source: nodeOf(from).address,
      destination: nodeOf(to).address,
      port: nodeOf(from).felixConfiguration.vxlanPort,
      networkIdentifier: NAT_TUNNEL_VNI,
      checksum: false,
      byProgram: true,
    },
  ]
  return {
    refuses: paths.refuses,
    local: (server) => paths.local(kindOf(server)),
    remote: (entry, server): RemoteEntry => {
      const sends = paths.answers(kindOf(server), isDirect)
      return {
        arrives: paths.arrives,
        sends: paths.sends,
        receives: paths.receives(kindOf(server)),
        tunnels: tunnels(entry, server),
        translatesAt: 'backend',
        seenAs: undefined,
        answers: isDirect
          ? { way: 'direct', sends }
          : { way: 'entry', sends, tunnels: tunnels(server, entry), receives: paths.returns, leaves: paths.leaves },
      }
    },
  }
}

function kindOf({ kind }: Endpoint): 'pod' | 'node' {
  return kind === 'pod' ? 'pod' : 'node'
}
