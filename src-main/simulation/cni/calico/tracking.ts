import type { CalicoSettings } from '#shared/lab/index'
import { goDurationNs } from '#shared/lab/settings/go-duration'

import type { Step } from '../common/path'
import { netfilterLooks, netfilterTables, timeouts, type TableLook, type TrackedPackets, type TrackingModel } from '../common/tracking'
import { CALI } from './devices'
import { dataPlaneOf } from './settings'

/** The map of the eBPF data plane (felix/bpf/conntrack/map.go): element header 48 bytes, key 16, value 88. */
const TABLE = 'cali_v4_ct'
const ENTRY_BYTES = 152
/** felix/bpf/conntrack, ScanPeriod. */
const SCAN_NS = 10e9

/** Stages whose program looks the connection up; behind a tunnel's outer header there is none to look up. */
const TRACKING: readonly Step['stage'][] = ['bpf-from-workload', 'bpf-to-workload', 'bpf-from-tunnel', 'bpf-from-host-endpoint']

/**
 * What Calico's nodes remember: the kernel's tables, and with the eBPF data plane its own map, of which a node needs one entry
 * for a connection, and a second one where a service is translated on its packets (felix/bpf-gpl/conntrack_types.h, NAT_FWD).
 */
export function calicoTracking(settings: CalicoSettings): TrackingModel {
  const { felixConfiguration: felix, kubeProxy } = settings
  return dataPlaneOf(settings) === 'ebpf'
    ? { tables: [...netfilterTables(undefined, felix.natPortRange), programTable(felix)], looks: programLooks }
    : { tables: netfilterTables(kubeProxy.conntrack, felix.natPortRange), looks: netfilterLooks }
}

function programTable({ bpfMapSizeConntrack, bpfConntrackTimeouts: of }: CalicoSettings['felixConfiguration']): TrackingModel['tables'][number] {
  return {
    name: TABLE,
    form: 'recency',
    entryBytes: ENTRY_BYTES,
    limit: () => bpfMapSizeConntrack,
    collectNs: SCAN_NS,
    timeoutsNs: timeouts({
      opening: goDurationNs(of.tcpSynSent),
      open: goDurationNs(of.tcpEstablished),
      closing: goDurationNs(of.tcpFinsSeen),
      reset: goDurationNs(of.tcpResetSeen),
      datagrams: goDurationNs(of.udpTimeout),
    }),
  }
}

function programLooks(step: Step, pass: readonly Step[], packets: TrackedPackets): readonly TableLook[] {
  if (step.outer === true) return []
  if (step.stage === 'bpf-service') return [{ look: 'track', table: TABLE, end: 'between' }]
  if (!TRACKING.includes(step.stage) || step.kind === 'tunnel') return netfilterLooks(step, pass, packets)
  const isTranslatedBack = !packets.opens && pass.some(({ stage }) => stage === 'bpf-service')
  return isTranslatedBack ? [{ look: 'restore', table: TABLE, end: 'host', refusal: 'no-socket' }] : programLook(step)
}

/**
 * What becomes of a packet in the middle of a TCP connection that the map does not hold (felix/bpf-gpl/tc.c,
 * CALI_CT_MID_FLOW_MISS): it falls through to the kernel, whose own tracking picks up what a pod sends. The program of the pod's
 * device that it is for denies it unless the kernel has seen packets in both directions by then; it has of connections that its
 * stack forwards anyway.
 */
function programLook({ stage, leavesBy }: Step): TableLook[] {
  const at = { table: TABLE, end: 'host' } as const
  const picksUp: TableLook[] = stage === 'bpf-from-workload' ? [{ look: 'track', ...at }] : []
  if (leavesBy === CALI) return [...picksUp, { look: 'open', ...at, refusal: 'no-connection' }]
  return picksUp.length > 0 ? picksUp : [{ look: 'open', ...at }]
}
