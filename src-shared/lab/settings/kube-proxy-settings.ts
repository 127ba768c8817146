import { z } from '../schema-library'

/** How kube-proxy programs services (KubeProxyConfiguration `mode`). */
export interface KubeProxySettings {
  readonly mode: 'iptables' | 'ipvs' | 'nftables'
}

/** The schema of kube-proxy's settings; its own default on Linux is iptables. */
export const kubeProxySettingsSchema = z
  .strictObject({ mode: z.enum(['iptables', 'ipvs', 'nftables']).default('iptables') })
  .prefault({})
