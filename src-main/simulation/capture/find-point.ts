import type { InterfaceOffer } from '#shared/contract/capture'
import type { CapturePoint, RunPlan } from '#shared/plan/index'
import type { Packet } from '#shared/wire/index'

import { crossingsOf, DEFAULT_TTL, NIC_DEVICE, walkTrip, type CniNetwork, type Crossing, type Endpoint, type Trip } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import type { FlowWays } from '../plan/index'

/** What interfaces are looked for in. */
export interface CapturePlaces {
  readonly plan: RunPlan
  readonly flows: readonly FlowWays[]
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
}

/** An interface of a capture. */
export interface FoundPoint {
  /** As it was asked for. */
  readonly name: string
  readonly description: string
  readonly link: 'ethernet' | 'raw'
  /** Bits a second; undefined for virtual devices. */
  readonly speed?: number
  readonly point: CapturePoint
  /** Of a device inside a host, which crossings of a row are on it; undefined for what is on the wire. */
  readonly isOn?: (crossing: Crossing, row: number) => boolean
}

const NOWHERE: CapturePoint = { portsOut: [], portsIn: [], rowsOut: [], rowsIn: [] }

/** Finds NODE/DEVICE or SWITCH/NEIGHBOUR; otherwise says what is wrong with it. */
export function findPoint(name: string, places: CapturePlaces): FoundPoint | string {
  const { plan } = places
  const slash = name.indexOf('/')
  const [owner, device] = [name.slice(0, slash), name.slice(slash + 1)]
  const elements = [...plan.labels.switches, ...plan.labels.hosts]
  if (slash <= 0 || device === '') return `${JSON.stringify(name)} does not name an interface: write NODE/DEVICE, or SWITCH/NEIGHBOUR for a switch's port.`
  const element = elements.indexOf(owner)
  if (element < 0) return `The lab has no node or switch ${JSON.stringify(owner)}; it has ${elements.join(', ')}.`
  const host = element - plan.switchCount
  if (host < 0) return switchPort(name, element, device, elements, plan)
  return device === NIC_DEVICE ? nic(name, element, plan) : hostDevice(name, host, device, places)
}

function nic(name: string, element: number, plan: RunPlan): FoundPoint {
  const ports = portsOf(plan, element)
  return onWire(name, 'the network interface, all uplinks', ports, plan)
}

function switchPort(name: string, element: number, neighbour: string, elements: readonly string[], plan: RunPlan): FoundPoint | string {
  const ports = portsOf(plan, element)
  const wanted = ports.filter((port) => elements[plan.ports.peer[port]!] === neighbour)
  if (wanted.length > 0) return onWire(name, `port to ${neighbour}`, wanted, plan)
  const neighbours = [...new Set(ports.map((port) => elements[plan.ports.peer[port]!]))]
  return `Switch ${elements[element]!} has no port to ${JSON.stringify(neighbour)}; it has ports to ${neighbours.join(', ')}.`
}

function portsOf({ ports }: RunPlan, element: number): number[] {
  return Array.from({ length: ports.count }, (_, port) => port).filter((port) => ports.owner[port] === element)
}

function onWire(name: string, what: string, portsOut: readonly number[], { ports }: RunPlan): FoundPoint {
  // A link's two directions are neighbours: an even port and the odd one behind it.
  const portsIn = portsOut.map((port) => port ^ 1)
  const speed = portsOut.reduce((sum, port) => sum + 8e9 / ports.nsPerByte[port]!, 0)
  return { name, description: `${what}, Ethernet, exact`, link: 'ethernet', speed: Math.round(speed), point: { ...NOWHERE, portsOut, portsIn } }
}

/** A device inside a host, with the rows whose packets cross it there, by what paths say of it. */
interface CrossedDevice {
  readonly host: number
  readonly name: string
  readonly rowsOut: number[]
  readonly rowsIn: number[]
  isRaw: boolean
}

/** The devices inside hosts that flows cross, by host and name. */
function crossedDevices(places: CapturePlaces): Map<string, CrossedDevice> {
  const devices = new Map<string, CrossedDevice>()
  places.flows.forEach((flow, index) => {
    for (const row of [index * 2, index * 2 + 1].filter((each) => isWhole(places.plan, each))) {
      const ends = endsOf(flow, row)
      for (const crossing of crossingsOfTrip(tripOf(flow, row))) {
        const { host } = crossing.side === 'sender' ? ends[0] : ends[1]
        const name = deviceName(crossing, ends, places)
        const key = `${host} ${name}`
        const device = devices.get(key) ?? { host, name, rowsOut: [], rowsIn: [], isRaw: false }
        devices.set(key, device)
        const rows = crossing.side === 'sender' ? device.rowsOut : device.rowsIn
        if (rows.at(-1) !== row) rows.push(row)
        if (crossing.packet[0]?.layer !== 'ethernet') device.isRaw = true
      }
    }
  })
  return devices
}

function hostDevice(name: string, host: number, device: string, places: CapturePlaces): FoundPoint | string {
  const devices = crossedDevices(places)
  const crossed = devices.get(`${host} ${device}`)
  if (crossed === undefined) {
    const others = [...new Set([NIC_DEVICE, ...[...devices.values()].filter((each) => each.host === host).map((each) => each.name)])].toSorted()
    return `No traffic crosses ${JSON.stringify(device)} of ${places.plan.labels.hosts[host]!}; there are ${others.join(', ')}.`
  }
  const { isRaw, rowsOut, rowsIn } = crossed
  const isOn = (crossing: Crossing, row: number): boolean => {
    const ends = endsOf(places.flows[row >> 1]!, row)
    const at = crossing.side === 'sender' ? ends[0] : ends[1]
    return at.host === host && deviceName(crossing, ends, places) === device
  }
  const description = `${isRaw ? 'raw IP' : 'Ethernet'}, frames derived from packets at their sockets`
  const found: FoundPoint = { name, description, link: isRaw ? 'raw' : 'ethernet', point: { ...NOWHERE, rowsOut, rowsIn }, isOn }
  return found
}

/** The interfaces that can be captured: NICs, devices that traffic crosses, ports of switches. */
export function interfaceOffers(places: CapturePlaces): InterfaceOffer[] {
  const { plan } = places
  const { hosts, switches } = plan.labels
  const nics = hosts.map((host) => ({ name: `${host}/${NIC_DEVICE}`, is: 'network interface' }))
  const devices = [...crossedDevices(places).values()]
    .filter(({ name }) => name !== NIC_DEVICE)
    .map(({ host, name, isRaw }) => ({ name: `${hosts[host]!}/${name}`, is: isRaw ? 'device, raw IP' : 'device, Ethernet' }))
  const elements = [...switches, ...hosts]
  const ports = Array.from({ length: plan.ports.count }, (_, port) => port)
    .filter((port) => plan.ports.owner[port]! < plan.switchCount)
    .map((port) => ({ name: `${elements[plan.ports.owner[port]!]!}/${elements[plan.ports.peer[port]!]!}`, is: 'switch port' }))
  const seen = new Set<string>()
  return [...nics, ...devices, ...ports].filter(({ name }) => !seen.has(name) && seen.add(name))
}

/**
 * Whether a row's packets go from end to end as its flow's ways tell: no leg behind a node that forwards for others. What
 * the wire shows of such a leg are the engine's own headers.
 */
export function isWhole({ relays }: RunPlan, row: number): boolean {
  if (relays === undefined) return true
  const flow = row >> 1
  return relays.carries[flow]! < 0 && ((row & 1) === 0 || relays.behind[flow]! < 0)
}

/** The direction of a row: from whom to whom. */
export function endsOf({ client, server }: FlowWays, row: number): readonly [Endpoint, Endpoint] {
  return (row & 1) === 0 ? [client, server] : [server, client]
}

/** The trip of a row's packets. */
export function tripOf({ connection }: FlowWays, row: number): Trip {
  return (row & 1) === 0 ? connection.forward : connection.reverse
}

function crossingsOfTrip(trip: Trip): Crossing[] {
  const packet: Packet = [
    { layer: 'ipv4', ...trip.addresses, ttl: DEFAULT_TTL, dontFragment: true, trafficClass: 0, identification: 0 },
    { layer: 'udp', sourcePort: 0, destinationPort: 0, checksum: false },
  ]
  return crossingsOf(walkTrip(trip, packet, (frame) => frame), packet)
}

/** What a crossing's device is called on its node: a pod's own devices have names of their own. */
function deviceName({ device, owner }: Crossing, [from, to]: readonly [Endpoint, Endpoint], { pods, network }: CapturePlaces): string {
  const pod = pods[(owner === 'from' ? from : to).pod] ?? pods[from.pod] ?? pods[to.pod]
  return pod === undefined ? device : network.deviceName(device, pod)
}
