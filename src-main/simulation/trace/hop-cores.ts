import type { HostTable } from '#shared/plan/index'
import { receiveQueueOf, rssHash, type Ipv4Layer, type Packet } from '#shared/wire/index'

import type { TripHop } from '../plan/index'

/** Where the stages of a trip run. */
interface TripPlace {
  /** The hosts of both ends, by their numbers. */
  readonly sender: number
  readonly receiver: number
  readonly hosts: HostTable
  /** Which core the sending socket is served by, in words. */
  readonly start: string
}

/**
 * Which core runs each hop, in words; undefined on hosts whose cores are not modelled. Work stays on its core until a
 * queue hands it on: the NIC's, which the packet's hash chooses, or WireGuard's, whose workers take turns.
 */
export function coresOf(hops: readonly TripHop[], { sender, receiver, hosts, start }: TripPlace): (string | undefined)[] {
  let core = start
  let isWorked = false
  return hops.map(({ side, queue, packet }) => {
    const host = side === 'sender' ? sender : receiver
    const count = hosts.coreCount[host]!
    if (count === 0) return undefined
    const peer = side === 'sender' ? receiver : sender
    if (queue === 'nic') core = interrupted(packet, hosts.rxQueueCount[host]!, count)
    else if (queue === 'worker') core = 'a worker’s: cores take turns'
    else if (queue === 'peer' || (queue === 'groCell' && isWorked)) core = `${peer % count}, which serves this peer`
    if (queue !== undefined) isWorked = queue === 'worker'
    return core
  })
}

/** The core of the queue that the NIC puts a frame into. */
function interrupted(frame: Packet, queues: number, cores: number): string {
  const at = frame.findIndex(({ layer }) => layer === 'ipv4')
  const { source, destination } = frame[at] as Ipv4Layer
  const transport = frame[at + 1]!
  const hasPorts = transport.layer === 'tcp' || transport.layer === 'udp'
  const ports = hasPorts ? transport : { sourcePort: 0, destinationPort: 0 }
  const { sourcePort, destinationPort } = ports
  // The hash is over addresses and ports only (Microsoft's RSS, which NICs follow).
  const queue = receiveQueueOf(rssHash({ source, destination, protocol: 0, sourcePort, destinationPort }), queues)
  return `${queue % cores}, which rx-${queue} interrupts`
}
