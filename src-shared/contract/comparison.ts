import { z } from 'zod'

import { result } from './call'
import type { ControlPlaneSize, RecordedAgent, RecordedMessages, RecordedTable } from './control-plane'

/** The verbs about the comparison of a run's variants, as entries of the contract. */
export const comparisonCalls = {
  /**
   * What the variants of a kept run are built of. Error codes: `run.unknown`, `run.unreadable`; `lab.invalid` with `problems`
   * where this version of the app refuses the run's lab; `comparison.failed` where finding out broke down;
   * `comparison.stopped` where somebody had enough of waiting.
   */
  compareRun: [z.strictObject({ runId: z.uuid() }), result<ComparisonFacts>()],
  /** Gives up the comparisons that are not there yet: their error code is `comparison.stopped`. */
  stopComparison: [z.undefined(), result<null>()],
} as const

/** What a lab's variants are built of, found out without running them: packets traced, control planes, policies, other sizes. */
export interface ComparisonFacts {
  readonly nodes: number
  readonly pods: number
  readonly services: number
  /** Policy objects of any kind. */
  readonly policies: number
  /** In the lab's order. */
  readonly variants: readonly VariantFacts[]
}

/** What one variant is built of. */
export interface VariantFacts {
  readonly variant: string
  readonly cni: 'none' | 'calico' | 'cilium' | 'flannel'
  /** Whether all its settings are the plugin's defaults. */
  readonly isDefault: boolean
  /** A packet that opens a connection, and its answer, for each kind of ends that the lab has. */
  readonly ways: readonly WayFacts[]
  readonly controlPlane: ControlPlaneFacts | { readonly refused: string }
  readonly policies: PolicyFacts
  /** Clusters of other sizes with the variant's design and the lab's services. */
  readonly sizes: readonly ControlPlaneSize[]
  /** The lab's cluster with other numbers of services. */
  readonly serviceSizes: readonly ServiceSize[]
}

/** Where the two ends of a way are: pods on one node, on nodes of one subnet, on nodes of two; behind a service; outside. */
export const WAY_KINDS = ['one-node', 'one-subnet', 'two-subnets', 'service', 'outside'] as const

export type WayKind = (typeof WAY_KINDS)[number]

/** The way of a packet that opens a connection, and of its answer. */
export interface WayFacts {
  readonly kind: WayKind
  /** References of the ends. */
  readonly from: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** The traffic entry whose connection it is; absent for a connection that the lab could have, but no traffic asks for. */
  readonly traffic?: string
  readonly verdict: 'delivered' | 'dropped'
  /** Where dropped: why. */
  readonly reason?: string
  readonly request: WayDirection
  /** Absent where the packet got none. */
  readonly answer?: WayDirection
}

/** One direction of a way. */
export interface WayDirection {
  /** Stages on hosts, in order. */
  readonly stages: readonly WayStage[]
  /** Bytes of the IP packet as the sender's socket made it. */
  readonly packetBytes: number
  /** Headers of the frame as it leaves the first node, outermost first; none where it stays there. */
  readonly wire: readonly WireHeader[]
  /** Bytes of that frame. */
  readonly wireBytes: number
}

/** A stage on a host. */
export interface WayStage {
  readonly node: string
  readonly device: string
  readonly stage: string
  /** CPU time, ns. */
  readonly costNs: number
  readonly change?: string
  readonly decidedBy?: string
}

/** A header on the wire. */
export interface WireHeader {
  readonly layer: string
  readonly length: number
  /** As dissectors name them. */
  readonly fields: Readonly<Record<string, string>>
}

/** What a variant's control plane holds and has exchanged at a run's end. */
export interface ControlPlaneFacts {
  /** From the start of all daemons to the last route; 0 where no routes are exchanged. */
  readonly convergedAfterSeconds: number
  /** Most BGP sessions that a node of the cluster has. */
  readonly sessionsPerNode: number
  /** Messages of all nodes and switches together, by protocol and kind. */
  readonly messages: readonly RecordedMessages[]
  /** Rows of the routing table of the node that has most, by who wrote them. */
  readonly routes: Readonly<Record<string, number>>
  /** Tables of that node's kernel. */
  readonly tables: readonly RecordedTable[]
  /** Daemons of that node, as long as they run. */
  readonly agents: readonly RecordedAgent[]
  /** Ranges of pod addresses that nodes hold, together. */
  readonly ranges: number
}

/** What a variant makes of the lab's policies. */
export interface PolicyFacts {
  /** Whose reading holds; null where nobody enforces any. */
  readonly dialect: string | null
  /** Objects that change nothing in this variant, with the reason. */
  readonly unused: readonly { readonly object: string; readonly reason: string }[]
  /** Ordered pairs of pods that may connect over TCP, and all; absent where there are too many pods to ask. */
  readonly pairs?: { readonly allowed: number; readonly all: number }
}

/** What a node holds with so many services. */
export interface ServiceSize {
  readonly services: number
  /** Endpoints of all of them. */
  readonly endpoints: number
  readonly rulesPerNode: number
  readonly mapEntriesPerNode: number
  /** Rules that the first packet of a connection to the last of the services is tried against; absent where maps are asked. */
  readonly rulesTried?: number
  /** How long kube-proxy takes to write all rules; absent where it is not there, or nobody has measured it. */
  readonly syncSeconds?: number
}
