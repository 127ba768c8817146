import { prefixLookup } from '#shared/lookup/index'
import { FLOW_KIND, type FlowTable, type RelayTable, type RunPlan } from '#shared/plan/index'

const NONE = -1

/** The part of a plan that says how packets travel. */
type Network = Pick<RunPlan, 'switchCount' | 'ports' | 'forwarding' | 'hosts'>

/**
 * The least that each flow's transactions can take, as `FlowTable` describes it: delays of all links there and back, the
 * request and the headers of the response on every wire, the response once on the slowest one, by way of a node that forwards. What flow completion times
 * are measured against. Zero for kinds that need none, and between ends on one host.
 */
export function leastTimes(
  network: Network,
  flows: FlowTable,
  relays: RelayTable | undefined,
): { leastNs: Float64Array; leastNsPerByte: Float64Array } {
  const leastNs = new Float64Array(flows.count)
  const leastNsPerByte = new Float64Array(flows.count)
  for (let flow = 0; flow < flows.count; flow++) {
    const client = flows.clientHost[flow]!
    const server = flows.serverHost[flow]!
    const leg = relays?.behind[flow] ?? NONE
    if (flows.kind[flow] !== FLOW_KIND.http || (client === server && leg < 0)) continue
    const node = leg < 0 ? undefined : relays!.host[leg]!
    const there = wayBy(network, [client, node, server])
    const back = wayBy(network, relays?.answers[flow] === 0 ? [server, client] : [server, node, client])
    const { ports } = network
    const request = flows.requestBytes[flow]! + flows.forwardHeaderBytes[flow]!
    const slowest = back.reduce((worst, port) => (ports.nsPerByte[port]! > ports.nsPerByte[worst]! ? port : worst), back[0]!)
    const headers = (port: number) => flows.reverseHeaderBytes[flow]! + ports.framingBytes[port]!
    for (const port of there) leastNs[flow]! += crossing(network, port, request + ports.framingBytes[port]!)
    for (const port of back) leastNs[flow]! += crossing(network, port, port === slowest ? 0 : headers(port))
    const mss = flows.mssBytes[flow]!
    leastNsPerByte[flow] = (ports.nsPerByte[slowest]! * (mss + headers(slowest))) / mss
  }
  return { leastNs, leastNsPerByte }
}

function crossing({ ports }: Network, port: number, bytes: number): number {
  return ports.delayNs[port]! + ports.nsPerByte[port]! * bytes
}

/** The ports from a host to another, by way of a node that forwards where there is one. */
function wayBy(network: Network, hosts: readonly (number | undefined)[]): number[] {
  const stops = hosts.filter((host) => host !== undefined)
  return stops.slice(1).flatMap((to, index) => wayOf(network, stops[index]!, to))
}

/** The ports from one host to another: the first of each group, since equal ways are equally long. */
function wayOf({ switchCount, ports, forwarding, hosts }: Network, from: number, to: number): number[] {
  const way: number[] = []
  const target = switchCount + to
  for (let element = switchCount + from; element !== target;) {
    const route = prefixLookup(forwarding.tries, forwarding.root[element]!, hosts.address[to]!)
    if (route < 0) throw new Error('The plan has a flow without a route')
    const port = forwarding.groupPorts[forwarding.groupFirst[route >> 1]!]!
    way.push(port)
    element = ports.peer[port]!
  }
  return way
}
