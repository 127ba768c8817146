import { isWithin, kernelIn, type KernelVersion } from './kernel-version'
import type { MeasurementRow, MeasurementTable } from './measurement-table'

/** What a kernel, or a plugin on it, does otherwise than the simulation takes for granted. */
export interface KernelTraits {
  /** Whether packets in a tunnel are segmented, merged and checked without touching each. */
  readonly tunnelOffload: boolean
  /** Whether Felix takes the kernel's checksums on VXLAN devices for broken, and switches them off. */
  readonly vxlanSumsInSoftware: boolean
  /** Whether threads move to the core whose interrupt wakes them, so that all of a stream leaves by one transmit queue. */
  readonly threadsFollowInterrupts: boolean
  /** Factors on costs, by the parameter of the calibration. */
  readonly scale: Readonly<Record<string, number>>
}

/**
 * Kernels that neither segment nor merge IPIP packets nor check their sums in hardware, although older ones on the same
 * machines do (InfraBuilder benchmark-k8s-cni-2020-08: 4.15 against 5.4, both Ubuntu 18.04 and 20.04). Where it begins and
 * ends between published kernels is not known.
 */
const WITHOUT_IPIP_OFFLOAD: readonly [KernelVersion, KernelVersion] = [
  [5, 0],
  [5, 5],
]

/**
 * Kernels that decrypt ESP without the processor's vector instructions when a softirq does it: 4 to 5 ns/B on a Xeon
 * E5-1630 v3 with 4.15 and with 5.4, whatever the plugin (InfraBuilder 2020: Cilium, Antrea, Weave Net), against 0.75 in
 * 5.15 (InfraBuilder 2024). Where it ends between published kernels is not known.
 */
const SLOW_ESP: readonly [KernelVersion, KernelVersion] = [
  [0, 0],
  [5, 5],
]
const SLOW_ESP_FACTOR = 6

/**
 * Felix switches the transmit checksums of vxlan.calico off on kernels before 5.7 since v3.20 (projectcalico/felix#2811,
 * 2021), and on all in v3.25 to v3.27 (projectcalico/calico#6842 of October 2022, #8746 of April 2024); later releases
 * went to and fro.
 */
const BROKEN_VXLAN_SUMS: readonly [KernelVersion, KernelVersion] = [
  [0, 0],
  [5, 7],
]
const BROKEN_SINCE = 2021
const BROKEN_ON_ALL: readonly [number, number] = [2023, 2024]

/**
 * Kernels in which a thread that an interrupt wakes moves to the interrupted core, if that was idle (wake_affine; until
 * "sched/fair: Do not migrate if the prev_cpu is idle", 4.16): a sender's thread and its acknowledgements share a core then,
 * and all of a stream leaves by one queue.
 */
const THREADS_FOLLOW_INTERRUPTS: readonly [KernelVersion, KernelVersion] = [
  [0, 0],
  [4, 16],
]

/** The traits of the kernel that a row names, or its testbed, in the table's year. */
export function kernelTraits(
  { testbed: { kernel }, year }: Pick<MeasurementTable, 'testbed' | 'year'>,
  { variant, mode }: MeasurementRow,
): KernelTraits {
  const version = kernelIn(mode) ?? kernelIn(kernel)
  const isOneOf = (range: readonly [KernelVersion, KernelVersion]) => version !== undefined && isWithin(version, ...range)
  const isIpip = variant.cni === 'calico' && variant.encapsulation === 'ipip' && variant.encryption === 'none'
  return {
    tunnelOffload: !(isIpip && isOneOf(WITHOUT_IPIP_OFFLOAD)),
    vxlanSumsInSoftware:
      year !== undefined &&
      ((year >= BROKEN_SINCE && isOneOf(BROKEN_VXLAN_SUMS)) || (year >= BROKEN_ON_ALL[0] && year <= BROKEN_ON_ALL[1])),
    threadsFollowInterrupts: isOneOf(THREADS_FOLLOW_INTERRUPTS),
    scale: isOneOf(SLOW_ESP) ? { 'esp-decrypt': SLOW_ESP_FACTOR } : {},
  }
}
