import { isWithin, kernelIn, type KernelVersion } from './kernel-version'
import type { MeasurementRow, Testbed } from './measurement-table'

/** What a kernel does otherwise than the simulation takes for granted. */
export interface KernelTraits {
  /** Whether packets in a tunnel are segmented, merged and checked without touching each. */
  readonly tunnelOffload: boolean
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

/** The traits of the kernel that a row names, or its testbed. */
export function kernelTraits({ kernel }: Testbed, { variant, mode }: MeasurementRow): KernelTraits {
  const version = kernelIn(mode) ?? kernelIn(kernel)
  const isOneOf = (range: readonly [KernelVersion, KernelVersion]) => version !== undefined && isWithin(version, ...range)
  const isIpip = variant.cni === 'calico' && variant.encapsulation === 'ipip' && variant.encryption === 'none'
  return {
    tunnelOffload: !(isIpip && isOneOf(WITHOUT_IPIP_OFFLOAD)),
    scale: isOneOf(SLOW_ESP) ? { 'esp-decrypt': SLOW_ESP_FACTOR } : {},
  }
}
