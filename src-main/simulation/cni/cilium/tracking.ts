import type { CiliumSettings } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import type { Step } from '../common/path'
import {
  netfilterLooks,
  netfilterTables,
  portsTable,
  timeouts,
  type NodeSize,
  type TableLook,
  type TrackedPackets,
  type TrackedTable,
  type TrackingModel,
} from '../common/tracking'
import { modesOf } from './modes'

const TABLE = { tcp: 'cilium_ct4_global', any: 'cilium_ct_any4_global', nat: 'cilium_snat_v4_external', ports: 'cilium_snat ports' } as const
/** Element header 48 bytes, bucket 16, key and value rounded to 8: 14 and 56 bytes, of the NAT map 14 and 40 (bpf/lib/common.h). */
const CONNECTION_BYTES = 136
const MAPPING_BYTES = 120
/** A mapping is two elements, one for each direction. */
const ELEMENTS_PER_MAPPING = 2
/** pkg/defaults: bpf-ct-timeout-*; pkg/maps/ctmap/gc, the interval to begin with. */
const TIMEOUTS = timeouts({ opening: 60 * SECOND_NS, open: 8000 * SECOND_NS, closing: 10 * SECOND_NS, reset: 10 * SECOND_NS, datagrams: 60 * SECOND_NS })
const COLLECT_NS = 300 * SECOND_NS
/** bpf/node_config.h: SNAT_COLLISION_RETRIES; the last port. */
const ATTEMPTS = 32
const LAST_PORT = 65_535
/** pkg/option: default entries of the maps that share the memory, and the bytes that they are weighed by. */
const SHARES = { tcp: 524_288, any: 262_144, nat: 524_288 } as const
const SHARED_BYTES = 524_288 * 94 + 262_144 * 94 + 524_288 * 94 + 524_288 * 24 + 262_144 * 52
/** pkg/option: LimitTableAutoGlobalTCPMin, …AnyMin, LimitTableAutoNatGlobalMin; LimitTableMax. */
const LEAST = { tcp: 131_072, any: 65_536, nat: 131_072 } as const
const MOST = 16_777_216

/**
 * What Cilium's nodes remember: connections of its endpoints, one entry for each end of theirs, TCP apart from the rest; the
 * mappings of its own masquerading; and what the node's stack sees.
 */
export function ciliumTracking(settings: CiliumSettings): TrackingModel {
  const { replacesKubeProxy } = modesOf(settings)
  const { bpf } = settings
  const [, nodePortMax] = settings.nodePort.range.split(',').map(Number)
  const table = (name: string, entryBytes: number, limit: (node: NodeSize) => number): TrackedTable => ({
    name,
    form: 'recency',
    entryBytes,
    limit,
    collectNs: COLLECT_NS,
    timeoutsNs: TIMEOUTS,
  })
  return {
    tables: [
      ...netfilterTables(replacesKubeProxy ? undefined : settings.kubeProxy.conntrack),
      table(TABLE.tcp, CONNECTION_BYTES, (node) => bpf.ctTcpMax ?? dynamicLimit('tcp', bpf.mapDynamicSizeRatio, node)),
      table(TABLE.any, CONNECTION_BYTES, (node) => bpf.ctAnyMax ?? dynamicLimit('any', bpf.mapDynamicSizeRatio, node)),
      table(TABLE.nat, MAPPING_BYTES * ELEMENTS_PER_MAPPING, (node) =>
        Math.max(1, Math.floor((bpf.natMax ?? dynamicLimit('nat', bpf.mapDynamicSizeRatio, node)) / ELEMENTS_PER_MAPPING)),
      ),
      portsTable(TABLE.ports, { first: nodePortMax! + 1, last: LAST_PORT, attempts: ATTEMPTS, holder: TABLE.nat }),
    ],
    asksAboutAnswers: true,
    looks,
  }
}

/** Entries of a map that has its share of the nodes' memory (pkg/option, calculateDynamicBPFMapSizes). */
function dynamicLimit(map: keyof typeof SHARES, ratio: number, { memoryBytes }: NodeSize): number {
  if (ratio === 0) return SHARES[map]
  return Math.min(MOST, Math.max(LEAST[map], Math.floor((SHARES[map] * ratio * memoryBytes) / SHARED_BYTES)))
}

function looks(step: Step, pass: readonly Step[], packets: TrackedPackets): readonly TableLook[] {
  if (step.outer === true) return []
  const { opens, transport } = packets
  const table = transport === 'tcp' ? TABLE.tcp : TABLE.any
  switch (step.stage) {
    case 'bpf-from-container':
      return [known(step, { table, end: opens ? 'client' : 'server' })]
    case 'bpf-to-container': {
      const isTranslatedBack = !opens && pass.some(({ stage }) => stage === 'bpf-service')
      const end = opens ? 'server' : 'client'
      return [isTranslatedBack ? { look: 'restore', table, end, refusal: 'no-socket' } : known(step, { table, end })]
    }
    case 'bpf-service':
      return [{ look: 'track', table, end: 'between' }]
    case 'bpf-to-netdev':
      if (step.kind !== 'translate' || !opens) return []
      return [
        { look: 'track', table: TABLE.nat, end: 'host' },
        { look: 'translate', table: TABLE.ports, end: 'host', refusal: 'nat-ports-exhausted' },
      ]
    case 'bpf-from-netdev':
      if (step.kind !== 'translate' || opens) return []
      return [{ look: 'restore', table: TABLE.nat, end: 'host', refusal: 'no-socket' }]
    default:
      return netfilterLooks(step, pass, packets)
  }
}

/** Packets of a connection that the map does not hold are those of a new one, which policies are asked about (bpf_lxc.c, CT_NEW). */
function known({ deniesUnknown }: Step, at: Pick<TableLook, 'table' | 'end'>): TableLook {
  return deniesUnknown === undefined ? { look: 'track', ...at } : { look: 'restore', ...at, refusal: deniesUnknown }
}
