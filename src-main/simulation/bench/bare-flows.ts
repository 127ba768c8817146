/** Flows of bare hosts, as columns: what each sends, and the headers it sends with. */

import { ARRIVALS, AUTOTUNED, CONGESTION, FLOW_KIND, FLOW_OF_TRAFFIC, HAS_NO_DELAY, TRANSPORT, type RunPlan } from '#shared/plan/index'
import { ETHERNET, IP_PROTOCOL, IPV4, TCP, UDP, macOfAddress, writeEthernet, writeIpv4, writeTcp, writeUdp } from '#shared/wire/index'

import { hostAddress } from './host-address'

const SERVER_PORT = 5001
/** Ethernet addresses begin with this and end with the host's IPv4 address. */
const MAC_PREFIX = 0x0200

/** One connection or datagram stream between two hosts, by their numbers. */
export interface FlowSpec {
  readonly kind: Exclude<keyof typeof FLOW_KIND, 'icmp' | 'relay'>
  /** Streams: the server writes. */
  readonly reversed?: boolean
  readonly client: number
  readonly server: number
  /** The whole run by default. */
  readonly startNs?: number
  readonly stopNs?: number
  /** Between datagrams, writes or beginnings of transactions; 0, the default: as fast as it goes. */
  readonly gapNs?: number
  /** Poisson gaps from this seed, none longer than `maxGapNs`. */
  readonly poissonSeed?: number
  readonly maxGapNs?: number
  /** Of a datagram or a write; 128 KiB by default. */
  readonly payloadBytes?: number
  /** One byte each by default. */
  readonly requestBytes?: number
  readonly responseBytes?: number
  /** Largest segment: the payload by default, else 1448. */
  readonly mssBytes?: number
  /** Segments of a train; 1 by default. */
  readonly gsoSegments?: number
  /** CUBIC by default. */
  readonly congestion?: keyof typeof CONGESTION
  /** The client asks for ECN. */
  readonly ecn?: boolean
  /** Both ends set TCP_NODELAY; those of http do by default. */
  readonly noDelay?: boolean
  /** TCP's buffers grow as Linux's do, up to those given. */
  readonly autotuned?: boolean
  readonly dscp?: number
  /** 200 ms by default. */
  readonly minRtoNs?: number
  /** 4 MiB and 3 MiB by default. */
  readonly sendBufferBytes?: number
  readonly receiveBufferBytes?: number
}

/** The flows' columns. `isMatrix`: all are one traffic entry. */
export function flowTable({ flows, durationNs, isMatrix = false }: {
  readonly flows: readonly FlowSpec[]
  readonly durationNs: number
  readonly isMatrix?: boolean
}): RunPlan['flows'] {
  const programs = new Int32Array(flows.length)
  const column = (value: (flow: FlowSpec) => number): Float64Array => Float64Array.from(flows, value)
  const whole = (value: (flow: FlowSpec) => number): Int32Array => Int32Array.from(flows, value)
  return {
    count: flows.length,
    kind: Uint8Array.from(flows, (flow) => FLOW_KIND[flow.kind]),
    transport: Uint8Array.from(flows, (flow) => TRANSPORT[transportOf(flow)]),
    traffic: whole((flow) => (isMatrix ? 0 : flows.indexOf(flow))),
    clientHost: whole((flow) => flow.client),
    serverHost: whole((flow) => flow.server),
    clientAddress: Uint32Array.from(flows, (flow) => hostAddress(flow.client)),
    serverAddress: Uint32Array.from(flows, (flow) => hostAddress(flow.server)),
    serverPort: whole(() => SERVER_PORT),
    startNs: column((flow) => flow.startNs ?? 0),
    stopNs: column((flow) => flow.stopNs ?? durationNs),
    forwardTx: programs,
    forwardRx: programs,
    reverseTx: programs,
    reverseRx: programs,
    forwardAckTx: programs,
    forwardAckRx: programs,
    reverseAckTx: programs,
    reverseAckRx: programs,
    forwardTemplate: whole((flow) => flows.indexOf(flow) * 2),
    reverseTemplate: whole((flow) => flows.indexOf(flow) * 2 + 1),
    forwardHeaderBytes: whole(headerBytes),
    reverseHeaderBytes: whole(headerBytes),
    mssBytes: whole((flow) => flow.mssBytes ?? flow.payloadBytes ?? 1448),
    gsoSegments: whole((flow) => flow.gsoSegments ?? 1),
    groSegments: whole(() => 1),
    congestion: Uint8Array.from(flows, (flow) => CONGESTION[flow.congestion ?? 'cubic']),
    ecn: Uint8Array.from(flows, (flow) => (flow.ecn === true ? 1 : 0)),
    autotuned: Uint8Array.from(flows, (flow) => (flow.autotuned === true ? AUTOTUNED.send | AUTOTUNED.receive : 0)),
    minRtoNs: column((flow) => flow.minRtoNs ?? 200_000_000),
    dscp: Uint8Array.from(flows, (flow) => flow.dscp ?? 0),
    reversed: Uint8Array.from(flows, (flow) => Number(flow.reversed ?? false)),
    noDelay: Uint8Array.from(flows, (flow) => Number(flow.noDelay ?? HAS_NO_DELAY.has(flow.kind))),
    zeroCopy: new Uint8Array(flows.length),
    writeBytes: whole((flow) => flow.payloadBytes ?? 131072),
    requestBytes: whole((flow) => flow.requestBytes ?? 1),
    responseBytes: whole((flow) => flow.responseBytes ?? 1),
    requestSizes: whole(() => -1),
    responseSizes: whole(() => -1),
    timeoutNs: column(() => 1e9),
    pool: Int32Array.from(flows.keys()),
    barrier: new Int32Array(flows.length),
    leastNs: new Float64Array(flows.length),
    leastNsPerByte: new Float64Array(flows.length),
    gapNs: column((flow) => flow.gapNs ?? 0),
    arrivals: Uint8Array.from(flows, (flow) => (flow.poissonSeed === undefined ? ARRIVALS.constant : ARRIVALS.poisson)),
    arrivalSeed: Uint32Array.from(flows, (flow) => flow.poissonSeed ?? 0),
    maxGapNs: column((flow) => flow.maxGapNs ?? Infinity),
    sendBufferBytes: column((flow) => flow.sendBufferBytes ?? 4194304),
    receiveBufferBytes: column((flow) => flow.receiveBufferBytes ?? 3145728),
  }
}

/** No distributions of sizes: those of the flows are fixed. */
export function emptySizes(): RunPlan['sizes'] {
  const none = new Float64Array(0)
  return { count: 0, form: new Uint8Array(0), scale: none, shape: none, first: new Int32Array(1), pointBytes: none, pointShare: none }
}

/** The kind of a flow as labs name it. */
export function kindName({ kind }: FlowSpec): string {
  return Object.entries(FLOW_OF_TRAFFIC).find(([, flow]) => flow === kind)![0]
}

function transportOf({ kind }: FlowSpec): 'tcp' | 'udp' {
  return kind === 'udpStream' || kind === 'udpRr' ? 'udp' : 'tcp'
}

function headerBytes(flow: FlowSpec): number {
  return IPV4.length + (transportOf(flow) === 'udp' ? UDP.length : TCP.length)
}

/** The headers of each flow, there and back. */
export function templateTable(flows: readonly FlowSpec[]): RunPlan['templates'] {
  const frames = flows.flatMap((flow) => [frame(flow, flow.client, flow.server), frame(flow, flow.server, flow.client)])
  const first = Int32Array.from([0, ...frames.map((_, i) => frames.slice(0, i + 1).reduce((sum, f) => sum + f.length, 0))])
  const bytes = new Uint8Array(first[frames.length]!)
  frames.forEach((content, i) => bytes.set(content, first[i]))
  const offsets = (value: number): Int32Array => new Int32Array(frames.length).fill(value)
  return {
    count: frames.length,
    bytes,
    first,
    outerIp: offsets(ETHERNET.length),
    outerUdp: offsets(-1),
    innerIp: offsets(ETHERNET.length),
    transport: offsets(ETHERNET.length + IPV4.length),
  }
}

function frame(flow: FlowSpec, from: number, to: number): Uint8Array {
  const isUdp = transportOf(flow) === 'udp'
  const bytes = new Uint8Array(ETHERNET.length + headerBytes(flow))
  writeEthernet(bytes, 0, macOfAddress(MAC_PREFIX, hostAddress(from)), macOfAddress(MAC_PREFIX, hostAddress(to)))
  writeIpv4(bytes, ETHERNET.length, {
    source: hostAddress(from),
    destination: hostAddress(to),
    protocol: isUdp ? IP_PROTOCOL.udp : IP_PROTOCOL.tcp,
    ttl: 64,
    dontFragment: !isUdp,
  })
  if (isUdp) writeUdp(bytes, ETHERNET.length + IPV4.length, 0, SERVER_PORT)
  else writeTcp(bytes, ETHERNET.length + IPV4.length, 0, SERVER_PORT)
  return bytes
}
