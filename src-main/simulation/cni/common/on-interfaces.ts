import type { Ipv4Address } from '#shared/units/index'

import { firstHopBy, interfaceOf, interfacesOf, interfaceTowards, type Topology } from '../../topology/index'
import { addressesOnWire } from './addresses-on-wire'
import type { Endpoint, Trip } from './cni-model'
import { NIC_DEVICE } from './device'
import { elementMac } from './mac'
import type { Path } from './path'

/** The address behind which a plugin's pods on a host are, where their packets travel without a tunnel. */
export type PodGateway = (host: number) => Ipv4Address

/** Puts trips onto the interfaces that hosts with several of them send by and receive from. */
export class OnInterfaces {
  private readonly topology: Topology
  private readonly podGateway: PodGateway
  /** Ways by other interfaces, so that equal ones are the same object, and make one program. */
  private readonly moved = new Map<Path, Map<string, Path>>()

  constructor(topology: Topology, podGateway: PodGateway) {
    this.topology = topology
    this.podGateway = podGateway
  }

  /** The trip with the devices, and the frames on them, of the interfaces that it takes. */
  place(trip: Trip, from: Endpoint, to: Endpoint): Trip {
    const [sender, receiver] = [this.topology.hosts[from.host]!, this.topology.hosts[to.host]!]
    if (trip.receive === undefined || (sender.others === undefined && receiver.others === undefined)) return trip
    const towards = this.addressTowards(trip, to)
    const [out, back] = [interfaceTowards(sender, towards).device, interfaceOf(receiver, towards).device]
    if (out === NIC_DEVICE && back === NIC_DEVICE) return trip
    const frame = {
      source: elementMac(this.topology.switches.length + from.host),
      destination: elementMac(firstHopBy(this.topology, from.host, to.host, towards)),
    }
    return {
      ...trip,
      transmit: this.moveTo(trip.transmit, out),
      receive: this.moveTo(trip.receive, back),
      frames: (side, device) => (device === (side === 'sender' ? out : back) ? frame : trip.frames(side, device)),
    }
  }

  /** The address of the receiving host that the underlay carries a trip's packets to. */
  private addressTowards(trip: Trip, { host }: Endpoint): Ipv4Address {
    const destination = trip.tunnels.at(-1)?.destination ?? addressesOnWire(trip).destination
    const isOwn = interfacesOf(this.topology.hosts[host]!).some(({ address }) => address === destination)
    return isOwn ? destination : this.podGateway(host)
  }

  private moveTo(path: Path, device: string): Path {
    if (device === NIC_DEVICE) return path
    const variants = this.moved.get(path) ?? new Map<string, Path>()
    this.moved.set(path, variants)
    const move = (name: string | undefined): string | undefined => (name === NIC_DEVICE ? device : name)
    const moved =
      variants.get(device) ??
      path.map((pass) => ({
        ...pass,
        steps: pass.steps.map((step) => ({
          ...step,
          device: move(step.device)!,
          ...(step.leavesBy !== undefined && { leavesBy: move(step.leavesBy)! }),
        })),
      }))
    variants.set(device, moved)
    return moved
  }
}
