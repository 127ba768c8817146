import type { DocumentPath } from '../document-path'
import type { Report } from '../problem'
import { usesIpsec, type CiliumSettings } from '../settings/cilium-settings'

/** Settings that cilium-agent or its chart refuses together, and why. */
interface Conflict {
  readonly path: readonly string[]
  readonly holds: (settings: CiliumSettings) => boolean
  readonly message: string
}

const hasHostRouting = (settings: CiliumSettings): boolean => {
  const { kubeProxyReplacement, bpf } = settings
  return kubeProxyReplacement && bpf.masquerade && !bpf.hostLegacyRouting && !usesIpsec(settings)
}

const isTunnel = ({ routingMode }: CiliumSettings): boolean => routingMode === 'tunnel'

/** Sizes that tables of Maglev may have: primes (pkg/maglev, maglevSupportedTableSizes). */
const MAGLEV_SIZES: readonly number[] = [251, 509, 1021, 2039, 4093, 8191, 16_381, 32_749, 65_521, 131_071]

/** Sources: the documentation of each feature (docs.cilium.io, "requirements" and "limitations") and daemon/cmd. */
const conflicts: readonly Conflict[] = [
  {
    path: ['autoDirectNodeRoutes'],
    holds: (settings) => settings.autoDirectNodeRoutes && isTunnel(settings),
    message: 'autoDirectNodeRoutes needs routingMode: native.',
  },
  {
    path: ['ipv4NativeRoutingCIDR'],
    holds: (settings) => !isTunnel(settings) && settings.enableIPv4Masquerade && settings.ipv4NativeRoutingCIDR === '',
    message: 'routingMode: native with masquerading needs ipv4NativeRoutingCIDR.',
  },
  {
    path: ['bpf', 'datapathMode'],
    holds: (settings) => settings.bpf.datapathMode.startsWith('netkit') && !hasHostRouting(settings),
    message:
      'netkit needs BPF host routing: kubeProxyReplacement and bpf.masquerade, without bpf.hostLegacyRouting and IPsec.',
  },
  {
    path: ['bpf', 'tproxy'],
    holds: ({ bpf }) => bpf.tproxy && bpf.datapathMode.startsWith('netkit'),
    message: 'bpf.tproxy does not work with netkit.',
  },
  {
    path: ['installNoConntrackIptablesRules'],
    holds: (settings) =>
      settings.installNoConntrackIptablesRules && (isTunnel(settings) || !settings.kubeProxyReplacement),
    message: 'installNoConntrackIptablesRules needs routingMode: native and kubeProxyReplacement.',
  },
  {
    path: ['enableIPv4BIGTCP'],
    holds: (settings) =>
      settings.enableIPv4BIGTCP && (isTunnel(settings) || settings.encryption.enabled || !hasHostRouting(settings)),
    message: 'BIG TCP needs BPF host routing, routingMode: native and no encryption.',
  },
  {
    path: ['loadBalancer', 'dsrDispatch'],
    holds: ({ loadBalancer, routingMode, tunnelProtocol }) => {
      const isDsr = loadBalancer.mode === 'dsr' || loadBalancer.mode === 'hybrid'
      if (!isDsr || routingMode === 'native') return false
      return loadBalancer.dsrDispatch !== 'geneve' || tunnelProtocol !== 'geneve'
    },
    message: 'DSR needs routingMode: native, or dsrDispatch: geneve with tunnelProtocol: geneve.',
  },
  {
    path: ['maglev', 'tableSize'],
    holds: ({ maglev }) => !MAGLEV_SIZES.includes(maglev.tableSize),
    message: `maglev.tableSize is one of ${MAGLEV_SIZES.join(', ')}.`,
  },
  {
    path: ['bandwidthManager', 'bbr'],
    holds: (settings) => settings.bandwidthManager.bbr && !hasHostRouting(settings),
    message: 'BBR for pods needs BPF host routing: kubeProxyReplacement and bpf.masquerade.',
  },
  {
    path: ['bandwidthManager', 'enabled'],
    holds: (settings) => settings.bandwidthManager.enabled && usesIpsec(settings),
    message: 'The bandwidth manager does not work with IPsec.',
  },
]

/** Reports the conflicts of settings; answers the settings they are reported at. */
export function checkCiliumConflicts(settings: CiliumSettings, path: DocumentPath, report: Report): Set<string> {
  const found = conflicts.filter(({ holds }) => holds(settings))
  for (const conflict of found) report('refused-setting', [...path, ...conflict.path], conflict.message)
  return new Set(found.map((conflict) => conflict.path.join('.')))
}
