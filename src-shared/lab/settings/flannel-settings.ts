import { mtuSchema, portSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { knownKeys } from './known-keys'
import { kubeProxySettingsSchema } from './kube-proxy-settings'

/** Settings of Flannel: its net-conf.json, and what its plugin hands on (`cni-conf.json`). The `Network` is the lab's podCIDR. */
export type FlannelSettings = z.output<typeof flannelSettingsSchema>

/** The schema of Flannel's settings, with the defaults of `kube-flannel.yml` 0.28. */
export const flannelSettingsSchema = z.strictObject({
  ...knownKeys([
    'Network',
    'SubnetLen',
    'SubnetMin',
    'SubnetMax',
    'EnableIPv4',
    'EnableIPv6',
    'EnableNFTables',
    'IPv6Network',
    'IPv6SubnetLen',
    'IPv6SubnetMin',
    'IPv6SubnetMax',
  ]),
  Backend: z
    .strictObject({
      ...knownKeys([
        'GBP',
        'MacPrefix',
        'Mode',
        'PSK',
        'ListenPort',
        'ListenPortV6',
        'PersistentKeepaliveInterval',
        'ESPProposal',
        'UDPEncap',
        'Name',
      ]),
      Type: z
        .enum(['vxlan', 'host-gw', 'wireguard', 'ipip', 'ipsec', 'udp', 'extension', 'tencent-vpc', 'alloc'])
        .default('vxlan'),
      VNI: wholeNumber(0, 2 ** 24 - 1).default(1),
      Port: portSchema.default(8472),
      DirectRouting: z.boolean().default(false),
      Learning: z.boolean().default(false),
      MTU: mtuSchema.optional(),
    })
    .prefault({}),
  /** Options of the bridge plugin, to which Flannel's delegates (`cni-conf.json`, `delegate`). */
  delegate: z.strictObject({ ...knownKeys(['isDefaultGateway', 'forceAddress', 'promiscMode', 'mtu', 'bridge']), hairpinMode: z.boolean().default(true) }).prefault({}),
  kubeProxy: kubeProxySettingsSchema,
})
