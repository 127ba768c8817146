import { kernelTraits } from './kernel-traits'
import type { MeasurementRow, MeasurementTable, TableVariant } from './measurement-table'

/** Whether a testbed's transmit queues take what has no socket from whatever core sends it (XPS). */
export function queuesByCore(table: MeasurementTable, row: MeasurementRow): boolean {
  return !(table.testbed.keepsOrder || kernelTraits(table, row).threadsFollowInterrupts)
}

/**
 * Whether a row's packets may overtake each other in the sending node, which then decides over its value more than costs do.
 * What is encrypted leaves in its peer's order.
 */
export function mayOvertake(table: MeasurementTable, row: MeasurementRow): boolean {
  const crossesWire = row.scope === 'pod-to-pod' || row.scope === 'pod-to-service'
  const isPlain = !('encryption' in row.variant) || row.variant.encryption === 'none'
  return crossesWire && isPlain && row.metric === 'tcp-stream-gbps' && losesSocket(row.variant) && queuesByCore(table, row)
}

/** Whether the node's IP stack takes up what its pods send, and orphans it (ip_rcv_core). */
function losesSocket(variant: TableVariant): boolean {
  switch (variant.cni) {
    case 'none':
      return false
    case 'calico':
      return variant.dataplane !== 'ebpf'
    case 'cilium':
      return variant.tunnel === 'disabled' && variant.hostRouting === 'legacy'
    case 'flannel':
      return true
  }
}
