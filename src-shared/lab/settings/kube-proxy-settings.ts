import { wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { goDurationSchema } from './go-duration'
import { knownKeys } from './known-keys'

/** Settings of kube-proxy: fields of KubeProxyConfiguration. */
export type KubeProxySettings = z.output<typeof kubeProxySettingsSchema>

/**
 * What kube-proxy sets of the kernel's connection tracking (kubernetes, cmd/kube-proxy/app/server_linux.go,
 * setupConntrack): its size, and timeouts, of which 0s leaves the kernel's.
 */
const conntrackSchema = z.strictObject({
  ...knownKeys(['tcpBeLiberal']),
  maxPerCore: wholeNumber(0, 2 ** 31 - 1).default(32_768),
  min: wholeNumber(0, 2 ** 31 - 1).default(131_072),
  tcpEstablishedTimeout: goDurationSchema.default('24h0m0s'),
  tcpCloseWaitTimeout: goDurationSchema.default('1h0m0s'),
  udpTimeout: goDurationSchema.default('0s'),
  udpStreamTimeout: goDurationSchema.default('0s'),
})

/** The schema of kube-proxy's settings; its own default mode on Linux is iptables. */
export const kubeProxySettingsSchema = z
  .strictObject({
    mode: z.enum(['iptables', 'ipvs', 'nftables']).default('iptables'),
    conntrack: conntrackSchema.prefault({}),
  })
  .prefault({})
