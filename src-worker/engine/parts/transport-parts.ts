/** The parts of an engine from sockets up: transports, and the applications that use them. */

import type { RowEnds, RunPlan } from '#shared/plan/index'
import { Applications } from '../applications/applications'
import { arrivalCore } from '../host/arrivals'
import { ErrorTaker } from '../ip/error-taker'
import { placeThreads } from '../placement'
import { DatagramSender } from '../transport/datagram-sender'
import { IcmpEcho } from '../transport/icmp'
import { Outlet } from '../transport/outlet'
import { PacketMaker } from '../transport/packet-maker'
import { pacedByQueues } from '../transport/pacing'
import { SocketLocks } from '../transport/socket-locks'
import { Sockets } from '../transport/sockets'
import { Tcp } from '../transport/tcp'
import { Udp } from '../transport/udp'
import type { CommonParts } from './common-parts'
import type { HostParts } from './host-parts'
import type { NetworkParts } from './network-parts'

export interface TransportParts {
  readonly outlet: Outlet
  readonly locks: SocketLocks
  readonly tcp: Tcp
  readonly udp: Udp
  readonly icmp: IcmpEcho
  readonly applications: Applications
  readonly errors: ErrorTaker
}

/** What transports stand on. */
export interface Lower {
  readonly common: CommonParts
  readonly network: NetworkParts
  readonly host: HostParts
  /** Per row: 0, or the number of the reason + 1 for which its packets end where they would leave the host. */
  readonly blocked: Int32Array
}

/** Makes the parts from sockets up; `ends` are the hosts between which rows go. */
export function transportParts(plan: RunPlan, ends: RowEnds, { common, network, host, blocked }: Lower): TransportParts {
  const { flows, hosts, pool, accounts, seed } = common
  const { paths } = network
  const { headers, receiveQueues, cores } = host
  const sockets = new Sockets(flows)
  sockets.paces.set(pacedByQueues(plan))
  const arrivals = { plan, ends, headers, queues: receiveQueues }
  sockets.threadCore.set(placeThreads(flows, hosts, (flow, direction) => arrivalCore(flow * 2 + direction, arrivals), seed))
  const outlet = new Outlet({ ...common, cores, queues: host.transmitQueues, paths, uplink: host.uplinks.port, blocked })
  const base = { ...common, sockets, maker: new PacketMaker(pool, flows, sockets, accounts), outlet }
  const datagrams = new DatagramSender({ ...base, paths })
  const tcp = new Tcp(base)
  const locks = new SocketLocks(pool, sockets.count, tcp)
  const udp = new Udp({ ...base, datagrams })
  const icmp = new IcmpEcho({ ...base, datagrams, udp })
  const { sender, receiver } = tcp
  const applications = new Applications({ ...base, locks, costs: plan.application, cores, tcp, sender, receiver, udp, sizes: plan.sizes })
  const errors = new ErrorTaker({ ...common, paths, relays: host.relays })
  return { outlet, locks, tcp, udp, icmp, applications, errors }
}
