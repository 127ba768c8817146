import { formatIpv4Address } from '#shared/units/index'

import { interfacesOf, interfaceTowards } from '../../topology/index'
import type { Arriving, ArrivalCheck } from './arrivals'
import type { ClusterView, Endpoint } from './cni-model'
import { NIC_DEVICE, POD_DEVICE } from './device'
import type { PodGateway } from './on-interfaces'

/** Devices on which a plugin turns the check off: its own, or all of the node's. */
export type UncheckedDevices = 'own' | 'all'

/** What a plugin does to the routes that reverse paths are looked up in. */
interface PluginRoutes {
  /** The device by which a node's packets to the other end of a trip leave, where the plugin routes them. */
  readonly deviceBack: (at: Endpoint, to: Endpoint) => string
  readonly podGateway: PodGateway
  readonly unchecked?: UncheckedDevices
}

/** Stages in which the kernel finds a packet's route, and asks for the way back to its source (net/ipv4/route.c, ip_route_input). */
const ROUTING: ReadonlySet<string> = new Set(['ip-local-deliver', 'ip-forward'])

/**
 * The check of reverse paths on nodes whose `rpFilter` is strict (RFC 3704, section 2.2; net/ipv4/fib_frontend.c,
 * fib_validate_source): the route back to a packet's source must lead out of the device by which it came. A loose check asks
 * for any route, which the default route is. Empty where no node is strict.
 */
export function reversePathCheck(cluster: ClusterView, plugin?: PluginRoutes): ArrivalCheck[] {
  const isStrict = cluster.nodes.map(({ rpFilter }) => rpFilter === 'strict')
  if (!isStrict.includes(true) || plugin?.unchecked === 'all') return []
  return [
    (arriving) => {
      const { to, step, device, source } = arriving
      if (isStrict[to.host] !== true || !ROUTING.has(step.stage) || step.device === POD_DEVICE) return undefined
      if (plugin?.unchecked === 'own' && !isNic(cluster, to, device)) return undefined
      const back = deviceBack(cluster, arriving, plugin)
      if (back === device) return undefined
      const decidedBy = `rp_filter is strict: the route back to ${formatIpv4Address(source)} leads out of ${back}, and the packet came by ${device}`
      return { reason: 'reverse-path', decidedBy }
    },
  ]
}

function isNic({ topology }: ClusterView, { host }: Endpoint, device: string): boolean {
  return interfacesOf(topology.hosts[host]!).some((each) => each.device === device)
}

/** The device by which a node would answer the source of a packet. */
function deviceBack({ topology }: ClusterView, { from, to, source, tunnel }: Arriving, plugin: PluginRoutes | undefined): string {
  const { hosts } = topology
  const isOfHost = from.kind === 'external' || interfacesOf(hosts[from.host]!).some(({ address }) => address === source)
  if (tunnel !== undefined || isOfHost || plugin === undefined) return interfaceTowards(hosts[to.host]!, source).device
  const routed = plugin.deviceBack(to, from)
  return routed === NIC_DEVICE ? interfaceTowards(hosts[to.host]!, plugin.podGateway(from.host)).device : routed
}
