import { z } from 'zod'

import { result } from './call'
import { maximumDocumentLength } from './document'

/** What can be traced: a transport's packet, or a pod's question for the MAC address of its next hop. */
export const tracedProtocols = ['tcp', 'udp', 'icmp', 'arp'] as const

export type TracedProtocol = (typeof tracedProtocols)[number]

/** Those that go from end to end. */
export type TransportProtocol = Exclude<TracedProtocol, 'arp'>

const reference = z.string().min(1).max(512)

/** The verb about traces, as an entry of the contract. */
export const traceCalls = {
  /**
   * The way of one packet and of its answer through a variant. An end is `ns/pod`, `node/name`, `external/name`, an
   * address, or, as who answers, `service/ns/name`. Error codes: `lab.invalid` with `problems`; `trace.refused` where
   * there is nothing to trace; `trace.failed` where the tracing broke down.
   */
  tracePacket: [
    z.strictObject({
      text: z.string().max(maximumDocumentLength),
      variant: z.string().min(1).max(253),
      from: reference,
      to: reference,
      protocol: z.enum(tracedProtocols),
      port: z.int().min(1).max(65_535).exactOptional(),
      /** TTL that the sender gives its packet. */
      ttl: z.int().min(1).max(255).exactOptional(),
      /** The byte of DSCP and ECN of the sender's packet. */
      trafficClass: z.int().min(0).max(255).exactOptional(),
      /** Bytes of a datagram or an echo. */
      payloadBytes: z.int().min(0).max(65_507).exactOptional(),
      /** Whether the packet may be split on its way. */
      dontFragment: z.boolean().exactOptional(),
    }),
    result<Trace>(),
  ],
} as const

/** `cnilab/trace/v1`: the way of one packet and of its answer, hop by hop. */
export interface Trace {
  readonly schema: 'cnilab/trace/v1'
  readonly variant: string
  readonly verdict: 'delivered' | 'dropped'
  /** Where dropped: a drop reason, or what decided. */
  readonly reason?: string
  readonly hops: readonly TraceHop[]
}

/** A stage on a host, or a switch on the way. */
export interface TraceHop {
  readonly direction: 'request' | 'answer'
  readonly node: string
  /** As `ip link` names it; of a switch the port it sends by. */
  readonly device: string
  readonly stage: string
  /** Where the stage's time is spent; `switch` on switches. */
  readonly context: string
  /** Which core of the node runs the stage. */
  readonly core?: string
  /** CPU time of the stage on its node, ns. */
  readonly costNs: number
  /** Where the price of the stage is from. */
  readonly costSource?: string
  /** How long the packet waits in front of the stage, ns; absent where that is not known. */
  readonly waitNs?: number
  /** What the bytes begin with: an Ethernet header, or an IP header. */
  readonly linkType: 'ethernet' | 'raw'
  readonly hex: string
  readonly headers: readonly TraceHeader[]
  /** Whether a capture there would show the transport's checksum, or the start that the NIC completes. Bytes are complete. */
  readonly checksum: 'complete' | 'offloaded'
  /** What the stage changed. */
  readonly change?: string
  /** The rule that decided here. */
  readonly decidedBy?: string
  /** What the stage looks up: tables, their size where one is set, the question. */
  readonly reads?: readonly TraceRead[]
  /** How the packet comes to wait in front of the stage: backlog, receive ring, …. */
  readonly queue?: string
  /** The packet is on the device here: a capture on it shows these bytes, handed to it or received from it. */
  readonly captured?: 'out' | 'in'
  /** The drop counter of a real node, where the packet ends here. */
  readonly counter?: string
}

/** A header with its place in the bytes. */
export interface TraceHeader {
  readonly layer: string
  readonly start: number
  readonly length: number
  readonly fields: Readonly<Record<string, string>>
}

/** A table that a stage reads. */
export interface TraceRead {
  readonly table: string
  readonly lookup: string
  readonly capacity?: number
  readonly asks: string
  /** What the answer is for this packet, where the trace knows. */
  readonly result?: string
}
