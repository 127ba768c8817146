import { z } from 'zod'

import { result } from './call'
import { maximumDocumentLength } from './document'

const variantName = z.string().min(1).max(253)
const nodeName = z.string().min(1).max(253)

/** The largest cluster that {@link controlPlaneCalls} are asked about: Kubernetes' own limit of nodes. */
export const MOST_NODES = 5000

/** The verbs about control planes, as entries of the contract. */
export const controlPlaneCalls = {
  /**
   * How state gets to the nodes of a variant over the time of a run: routes, sessions, agents, who knew what when. `nodes`
   * names those to tell of; all where absent. Error codes: `lab.invalid` with `problems`; `control-plane.unknown-variant`;
   * `control-plane.unknown-node`; `control-plane.too-large` with the arithmetic; `control-plane.failed` where it broke down;
   * `control-plane.stopped` where somebody had enough of waiting.
   */
  recordControlPlane: [
    z.strictObject({
      text: z.string().max(maximumDocumentLength),
      variant: variantName,
      nodes: z.array(nodeName).max(MOST_NODES).optional(),
    }),
    result<ControlPlaneRecord>(),
  ],
  /** The start of clusters of other sizes with a variant's design. The same errors, without `unknown-node`. */
  scaleControlPlane: [
    z.strictObject({
      text: z.string().max(maximumDocumentLength),
      variant: variantName,
      sizes: z.array(z.int().min(2).max(MOST_NODES)).min(1).max(16),
      /** Kubernetes' largest cluster has 150,000 pods on 5,000 nodes. */
      podsPerNode: z.int().min(0).max(250).default(20),
    }),
    result<readonly ControlPlaneSize[]>(),
  ],
  /** Gives up the questions about control planes that are not answered yet: their error code is `control-plane.stopped`. */
  stopControlPlane: [z.undefined(), result<null>()],
} as const

/** When something was so: seconds from the run's beginning; until the run's end where `untilSeconds` is absent. */
export interface RecordedSpan {
  /** 0 for what was so before the run began. */
  readonly fromSeconds: number
  readonly untilSeconds?: number
}

/** `cnilab/control-plane/v1`: how state gets to a variant's nodes over the time of a run. */
export interface ControlPlaneRecord {
  readonly schema: 'cnilab/control-plane/v1'
  readonly variant: string
  readonly durationSeconds: number
  /** From the start of all daemons, long before the run, to the last route; 0 where no routes are exchanged. */
  readonly convergedAfterSeconds: number
  /** Nodes in the lab's order, then switches that speak BGP; of those that were asked for. */
  readonly nodes: readonly RecordedNode[]
  /** Who knew what when, in order of time. */
  readonly changes: readonly RecordedChange[]
  /** At the run's end; absent where labels get none. */
  readonly identities?: RecordedIdentities
}

/** A node, or a switch that speaks BGP. */
export interface RecordedNode {
  readonly name: string
  readonly kind: 'node' | 'switch'
  /** The kernel's routing table over time. */
  readonly routes: readonly RecordedRoute[]
  /** BGP's table over time; empty without BGP. */
  readonly paths: readonly RecordedPaths[]
  readonly sessions: readonly RecordedSession[]
  /** Messages of BGP that it sent from the start of its daemons to the run's end, and events of watches that it got. */
  readonly messages: readonly RecordedMessages[]
  readonly agents: readonly RecordedAgent[]
  /** Its part of the pod CIDR: blocks or ranges in the order it took them. */
  readonly ranges: readonly RecordedRange[]
  /** Addresses that its pods and devices have out of other nodes' ranges. */
  readonly borrowed: readonly RecordedAddress[]
  /** What its kernel holds at the run's end. */
  readonly tables: readonly RecordedTable[]
}

/** A row of a kernel's routing table. */
export interface RecordedRoute extends RecordedSpan {
  readonly prefix: string
  /** `connected`: a subnet or pod of the node itself. */
  readonly kind: 'connected' | 'via' | 'blackhole'
  /** Empty unless `via`. */
  readonly nextHops: readonly string[]
  /** Who wrote it: `kernel`, `bird`, `felix`, `cilium-agent`, `flanneld`. */
  readonly by: string
}

/** BGP's paths to a prefix, best first, while they were the same. */
export interface RecordedPaths extends RecordedSpan {
  readonly prefix: string
  readonly paths: readonly RecordedPath[]
}

/** A path of a BGP table. */
export interface RecordedPath {
  readonly nextHop: string
  /** Name of the neighbour that told it; absent for the speaker's own. */
  readonly from?: string
  readonly asPath: readonly number[]
  readonly origin: 'IGP' | 'EGP' | 'incomplete'
  readonly localPref: number
  readonly med?: number
  /** Written as `65000:100`. */
  readonly communities: readonly string[]
  readonly originatorId?: string
  readonly clusterList: readonly string[]
  /** Kept over the neighbour's graceful restart. */
  readonly stale: boolean
  /** Among the equally good ones that the kernel uses. */
  readonly used: boolean
}

/** A BGP session as one end has it. */
export interface RecordedSession {
  /** Name of the neighbour, or its address where it is not of the lab. */
  readonly peer: string
  readonly peerAddress: string
  readonly peerAsn: number
  /** The neighbour is a client of this reflector. */
  readonly client: boolean
  /** States of RFC 4271: Idle, Connect, Active, OpenSent, OpenConfirm, Established. */
  readonly states: readonly (RecordedSpan & { readonly state: string })[]
}

/** Messages of a kind. */
export interface RecordedMessages {
  /** `bgp`, `watch` (events of the API server's objects) or `etcd` (of keys in the plugin's own store). */
  readonly protocol: string
  readonly kind: string
  readonly count: number
  /** Absent for events, whose size is that of the objects. */
  readonly bytes?: number
}

/** A daemon of a node. */
export interface RecordedAgent {
  readonly agent: string
  /** When it ran. */
  readonly running: readonly RecordedSpan[]
  /** Resident at the run's end; absent where no measurement is known. */
  readonly memoryBytes?: number
  /** CPU time during the run; absent where no measurement is known. */
  readonly cpuSeconds?: number
  /** Where the figures are from. */
  readonly source?: string
}

/** A range of addresses that a node hands out. */
export interface RecordedRange {
  readonly cidr: string
  /** All its addresses, and those of them that are never handed out: network, broadcast, gateway. */
  readonly size: number
  readonly reserved: number
  /** When its node claimed it; absent where that was before the run. */
  readonly claimedSeconds?: number
  /** Those in use, by pods and devices of the node, and of others that borrow them. */
  readonly uses: readonly RecordedAddress[]
}

/** An address while somebody has it. */
export interface RecordedAddress extends RecordedSpan {
  readonly address: string
  readonly node: string
  /** Whose it is; absent for devices of the node itself: tunnels, routers. */
  readonly pod?: string
}

/** A table of a node's kernel. */
export interface RecordedTable {
  /** As the tools name it: `routes`, `cali_v4_routes`, `cilium_ipcache`, `iptables rules`, …. */
  readonly table: string
  readonly entries: number
  readonly capacity?: number
  /** Memory it holds; absent where it is not known. */
  readonly bytes?: number
  /** Entries that found no room; absent where all did. Of maps that every endpoint has, entries are those of the fullest. */
  readonly missing?: number
}

/** Identities of Cilium's that a cluster has given labels. */
export interface RecordedIdentities {
  readonly inUse: number
  readonly limit: number
  /** Pods for whose labels none was left. */
  readonly podsWithout: number
}

/** Something that changed, and when who knew. */
export interface RecordedChange {
  /** A kind of fault of the lab, or `route` for what BGP made of one. */
  readonly kind: string
  /** For people: `10.244.1.0/26 of node-2 withdrawn`. */
  readonly what: string
  /** When it happened: for objects, when the API server had stored it. */
  readonly atSeconds: number
  /** In order of `doneSeconds`; nodes that never came to know, last. */
  readonly steps: readonly RecordedStep[]
}

/** A node that comes to know of a change. */
export interface RecordedStep {
  readonly node: string
  readonly agent: string
  /** When the agent was told; absent where it was not during the run. */
  readonly knownSeconds?: number
  /** When the kernel forwards accordingly; absent where it did not during the run. */
  readonly doneSeconds?: number
}

/** What the start of a cluster of some size takes. */
export interface ControlPlaneSize {
  readonly nodes: number
  readonly pods: number
  /** Why it is not simulated, with the arithmetic; the times are absent then. */
  readonly refused?: string
  readonly sessions: number
  readonly sessionsPerNode: number
  /** UPDATEs of BGP with End-of-RIB, and events of watches that tell of nodes and pods, in the whole cluster. */
  readonly messages: number
  /** The UPDATEs among them. */
  readonly updates: number
  readonly routesPerNode: number
  /** Entries of the service and policy tables: rules of iptables or nftables, entries of BPF maps. */
  readonly rulesPerNode: number
  readonly mapEntriesPerNode: number
  /** Memory of the node's agents and tables, bytes. */
  readonly memoryPerNode: number
  /** Identities that labels of so many pods take, as those of the lab do; absent where they take none. */
  readonly identities?: { readonly needed: number; readonly limit: number }
  /** When half, 99 of 100 and all of the pairs of nodes knew each other. */
  readonly knownSeconds?: { readonly p50: number; readonly p99: number; readonly last: number }
}
