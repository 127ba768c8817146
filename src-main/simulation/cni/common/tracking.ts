import type { KubeProxySettings } from '#shared/lab/index'
import { goDurationNs } from '#shared/lab/settings/go-duration'
import type { DropReason, TRACKED_END, TRACKED_STATE, TRACKING_FORM, TRACKING_LOOK } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'

import { changesOf, type Step } from './path'

/** A node, as far as its size decides how much its tables hold. */
export interface NodeSize {
  readonly cores: number
  readonly memoryBytes: number
}

/** A table of connections, or the ports of a node's address, that every node of a cluster has. */
export interface TrackedTable {
  /** As nodes call it. */
  readonly name: string
  readonly form: keyof typeof TRACKING_FORM
  /** What an entry takes, bytes. */
  readonly entryBytes: number
  /** Entries that fit, or ports; and buckets of its hash table where that matters. */
  readonly limit: (node: NodeSize) => number
  readonly buckets?: (node: NodeSize) => number
  /** Time between two searches for entries that are over, at most, ns. */
  readonly collectNs: number
  /** How long an entry lives without a packet, ns. */
  readonly timeoutsNs: Readonly<Record<keyof typeof TRACKED_STATE, number>>
  /** Of ports: the first one, how many a search tries in its first round, and the table whose entries hold them. */
  readonly ports?: { readonly first: number; readonly attempts: number; readonly holder: string }
}

/** A step looks at a table. */
export interface TableLook {
  readonly look: keyof typeof TRACKING_LOOK
  readonly table: string
  readonly end: keyof typeof TRACKED_END
  /** Why a packet ends that the table has no place for, or no entry of; undefined where it always goes on. */
  readonly refusal?: DropReason
}

/** Packets that take a path, as far as it decides which tables they meet. */
export interface TrackedPackets {
  readonly transport: 'tcp' | 'udp' | 'icmp'
  /** Whether their direction's first packet opens the connection. */
  readonly opens: boolean
}

/** What a plugin's nodes remember of connections. */
export interface TrackingModel {
  readonly tables: readonly TrackedTable[]
  /** Whether answers whose connection is not remembered meet policies as if their sender opened one. */
  readonly asksAboutAnswers?: true
  /** The tables that a step looks at, in order; `pass`: the steps of its pass. */
  looks(step: Step, pass: readonly Step[], packets: TrackedPackets): readonly TableLook[]
}

const PAGE_DIVISOR = 16_384
/** nf_conntrack_core.c, nf_conntrack_init_start: buckets by memory, 262,144 from 4 GiB on; as many entries. */
const MOST_BUCKETS = 262_144
const LEAST_BUCKETS = 1024
/** kube-proxy sees to a bucket for every four entries (pkg/proxy/conntrack, SetMax). */
const ENTRIES_PER_BUCKET = 4
/**
 * An object of the slab cache nf_conntrack (struct nf_conn, 256 bytes) and its extensions of NAT and accounting (struct
 * nf_ct_ext, 64 bytes where nothing else is asked for).
 */
const NF_CONN_BYTES = 320
/** nf_conntrack_core.c, GC_SCAN_INTERVAL_MAX. */
const NETFILTER_COLLECT_NS = 60 * SECOND_NS
/** nf_nat_core.c: ports of a connection whose own is above 1023, and NF_NAT_MAX_ATTEMPTS. */
const NAT_PORTS = { first: 1024, last: 65_535 } as const
const NAT_ATTEMPTS = 128

/** Connection tracking of the kernel, and the ports of its masquerading, as nodes call them. */
export const NETFILTER_TABLES = { connections: 'nf_conntrack', ports: 'nf_nat ports' } as const

/**
 * The kernel's tables. `kubeProxy`: as kube-proxy sets them where it runs; undefined: as the kernel itself does. `ports`:
 * those that masquerading may use, `first:last`.
 */
export function netfilterTables(kubeProxy: KubeProxySettings['conntrack'] | undefined, ports?: string): TrackedTable[] {
  const limit = ({ cores, memoryBytes }: NodeSize): number =>
    (kubeProxy && kubeProxyLimit(kubeProxy, cores)) ?? defaultBuckets(memoryBytes)
  const [first = NAT_PORTS.first, last = NAT_PORTS.last] = ports?.split(':').map(Number) ?? []
  const timeoutsNs = netfilterTimeouts(kubeProxy)
  return [
    {
      name: NETFILTER_TABLES.connections,
      form: 'netfilter',
      entryBytes: NF_CONN_BYTES,
      limit,
      buckets: (node) => Math.max(defaultBuckets(node.memoryBytes), Math.floor(limit(node) / ENTRIES_PER_BUCKET)),
      collectNs: NETFILTER_COLLECT_NS,
      timeoutsNs,
    },
    portsTable(NETFILTER_TABLES.ports, { first, last, attempts: NAT_ATTEMPTS, holder: NETFILTER_TABLES.connections }),
  ]
}

/** The ports that an address is translated to, towards each destination. */
export function portsTable(
  name: string,
  { first, last, attempts, holder }: { first: number; last: number; attempts: number; holder: string },
): TrackedTable {
  return {
    name,
    form: 'ports',
    entryBytes: 0,
    limit: () => Math.max(0, last - first + 1),
    collectNs: Infinity,
    timeoutsNs: timeouts({ opening: Infinity, open: Infinity, closing: Infinity, reset: Infinity, datagrams: Infinity }),
    ports: { first, attempts, holder },
  }
}

/** Timeouts of a program's map, which tells fewer states apart than netfilter, ns. */
export function timeouts(of: {
  readonly opening: number
  readonly open: number
  /** Both ends have closed. */
  readonly closing: number
  readonly reset: number
  readonly datagrams: number
}): TrackedTable['timeoutsNs'] {
  return {
    synSent: of.opening,
    synReceived: of.opening,
    established: of.open,
    finWait: of.open,
    closeWait: of.open,
    lastAck: of.closing,
    timeWait: of.closing,
    close: of.reset,
    unreplied: of.datagrams,
    replied: of.datagrams,
  }
}

/** What a step of the node's stack looks at. Tunnels' outer packets belong to connections that are there for long. */
export function netfilterLooks(step: Step, pass: readonly Step[], { opens }: TrackedPackets): readonly TableLook[] {
  if (step.outer === true) return []
  const { connections: table, ports } = NETFILTER_TABLES
  if (step.stage === 'nf-conntrack') {
    const isTranslatedBack = !opens && pass.some((each) => each.stage === 'nf-nat' && changesOf(each).includes('translate'))
    if (isTranslatedBack) return [{ look: 'restore', table, end: 'host', refusal: 'no-socket' }]
    return [{ look: 'track', table, end: 'host', refusal: 'conntrack-full' }]
  }
  const claims = step.stage === 'nf-nat' && step.masquerades === true && opens
  return claims ? [{ look: 'translate', table: ports, end: 'host', refusal: 'nat-ports-exhausted' }] : []
}

function defaultBuckets(memoryBytes: number): number {
  return Math.min(MOST_BUCKETS, Math.max(LEAST_BUCKETS, Math.floor(memoryBytes / PAGE_DIVISOR)))
}

/** server_linux.go, getConntrackMax: so many for each core, but no fewer than the minimum; undefined: left as it is. */
function kubeProxyLimit({ maxPerCore, min }: KubeProxySettings['conntrack'], cores: number): number | undefined {
  return maxPerCore === 0 ? undefined : Math.max(min, maxPerCore * cores)
}

/** nf_conntrack_proto_tcp.c, tcp_timeouts; nf_conntrack_proto_udp.c, udp_timeouts; kube-proxy's own where it sets them. */
function netfilterTimeouts(kubeProxy: KubeProxySettings['conntrack'] | undefined): TrackedTable['timeoutsNs'] {
  const set = (text: string | undefined, kernelSeconds: number): number => (text && goDurationNs(text)) || kernelSeconds * SECOND_NS
  return {
    synSent: 120 * SECOND_NS,
    synReceived: 60 * SECOND_NS,
    established: set(kubeProxy?.tcpEstablishedTimeout, 432_000),
    finWait: 120 * SECOND_NS,
    closeWait: set(kubeProxy?.tcpCloseWaitTimeout, 60),
    lastAck: 30 * SECOND_NS,
    timeWait: 120 * SECOND_NS,
    close: 10 * SECOND_NS,
    unreplied: set(kubeProxy?.udpTimeout, 30),
    replied: set(kubeProxy?.udpStreamTimeout, 120),
  }
}
