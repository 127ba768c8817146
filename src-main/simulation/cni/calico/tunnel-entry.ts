import { step, type Step } from '../common/path'
import { IPIP_DEVICE, VXLAN_DEVICE } from './devices'

/** How packets enter a pool's tunnel. */
export interface TunnelOptions {
  /**
   * Whether Felix has switched the transmit checksums of its VXLAN device off (`ChecksumOffloadBroken`; `ethtool -K
   * vxlan.calico tx-checksum-ip-generic off`). A device without them segments in software (net/core/dev.c,
   * netdev_fix_features), before it encapsulates.
   */
  readonly sumsVxlanInSoftware: boolean
}

/** The step in which a tunnel's device encapsulates. */
export function tunnelEntry(kind: 'ipip' | 'vxlan', { sumsVxlanInSoftware }: TunnelOptions): Step {
  if (kind === 'ipip') return step('ipip-encapsulate', IPIP_DEVICE)
  const entry = step('vxlan-encapsulate', VXLAN_DEVICE)
  return sumsVxlanInSoftware ? { ...entry, sumsInSoftware: true } : entry
}
