import { prefixLookup } from '#shared/lookup/index'
import { FLOW_KIND, type FlowTable, type RunPlan } from '#shared/plan/index'

/** The part of a plan that says how packets travel. */
type Network = Pick<RunPlan, 'switchCount' | 'ports' | 'forwarding' | 'hosts'>

/**
 * The least that each flow's transactions can take, as `FlowTable` describes it: delays of all links there and back, the
 * request and the headers of the response on every wire, the response once on the slowest one. What flow completion times
 * are measured against. Zero for kinds that need none, and between ends on one host.
 */
export function leastTimes(network: Network, flows: FlowTable): { leastNs: Float64Array; leastNsPerByte: Float64Array } {
  const leastNs = new Float64Array(flows.count)
  const leastNsPerByte = new Float64Array(flows.count)
  for (let flow = 0; flow < flows.count; flow++) {
    const client = flows.clientHost[flow]!
    const server = flows.serverHost[flow]!
    if (flows.kind[flow] !== FLOW_KIND.http || client === server) continue
    const there = wayOf(network, client, server)
    const back = wayOf(network, server, client)
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
