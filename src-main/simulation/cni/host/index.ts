import { Arrivals } from '../common/arrivals'
import { BARE_FORWARDS, BARE_HOST_PATHS, hostConnection, hostEntrance } from '../common/bare-connection'
import type { CniModel, Endpoint } from '../common/cni-model'
import { COMMON_DEVICES } from '../common/device'
import { OnInterfaces } from '../common/on-interfaces'
import { reversePathCheck } from '../common/reverse-path'
import { netfilterLooks, netfilterTables } from '../common/tracking'

/** No plugin: pods run in the host network. */
export const HOST_MODEL: CniModel<'none'> = {
  cni: 'none',
  connect(cluster, { kubeProxy }) {
    const connection = (client: Endpoint, server: Endpoint) => hostConnection(cluster, client, server, () => BARE_HOST_PATHS)
    const interfaces = new OnInterfaces(cluster.topology, (host) => cluster.topology.hosts[host]!.address)
    const arrivals = new Arrivals(reversePathCheck(cluster))
    return {
      network: {
        connection,
        entering: (client, entry, server) =>
          hostEntrance(cluster, connection(client, entry), entry, server, { node: BARE_HOST_PATHS, forwards: BARE_FORWARDS }),
        serving: () => undefined,
        hairpin: () => undefined,
        stray: () => undefined,
        onInterfaces: (trip, from, to) => interfaces.place(trip, from, to),
        refusal: (trip, from, to) => arrivals.refusal(trip, from, to),
        neighbour: () => undefined,
        refusing: undefined,
        podAddress: () => undefined,
        memory: 'none',
        tracking: { tables: netfilterTables(kubeProxy.conntrack), looks: netfilterLooks },
        devices: COMMON_DEVICES,
        deviceName: (device) => device,
        podRoutes: [],
      },
      findings: [],
    }
  },
}
