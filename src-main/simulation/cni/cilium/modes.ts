import type { CiliumSettings } from '#shared/lab/index'

/** What of Cilium's settings changes paths, resolved as the agent does. */
export interface CiliumModes {
  /** None: native routing. */
  readonly tunnel: 'vxlan' | 'geneve' | undefined
  readonly hostRouting: 'bpf' | 'legacy'
  readonly podDevice: 'veth' | 'netkit'
  readonly replacesKubeProxy: boolean
  readonly masquerade: 'bpf' | 'iptables' | 'none'
  readonly encryption: 'wireguard' | 'ipsec' | undefined
  readonly bandwidthManager: boolean
  /** Whether DSR answers carry the service's address in a Geneve option, for which the MTU leaves room. */
  readonly geneveDsr: boolean
  /** Whether what is for services on other nodes is handed on in the driver (`loadBalancer.acceleration`; best effort: where it can). */
  readonly xdp: boolean
  /** Whether connection tracking of the node's stack ignores pods' packets (NOTRACK). */
  readonly noConntrack: boolean
}

/**
 * The modes that settings select. BPF host routing needs kube-proxy's replacement and BPF masquerading (daemon: "BPF host
 * routing requires enable-bpf-masquerade. Falling back to legacy host routing"), and does not go with IPsec.
 */
export function modesOf(settings: CiliumSettings): CiliumModes {
  const { bpf, encryption, kubeProxyReplacement, loadBalancer, tunnelProtocol } = settings
  const encrypted = encryption.enabled ? encryption.type : undefined
  const canRoute = kubeProxyReplacement && bpf.masquerade && !bpf.hostLegacyRouting && encrypted !== 'ipsec'
  const tunnel = settings.routingMode === 'tunnel' ? tunnelProtocol : undefined
  const isDsr = loadBalancer.mode === 'dsr' || loadBalancer.mode === 'hybrid'
  const masqueradesBy = bpf.masquerade ? 'bpf' : 'iptables'
  return {
    tunnel,
    hostRouting: canRoute ? 'bpf' : 'legacy',
    podDevice: usesNetkit(settings, canRoute) ? 'netkit' : 'veth',
    replacesKubeProxy: kubeProxyReplacement,
    masquerade: settings.enableIPv4Masquerade ? masqueradesBy : 'none',
    encryption: encrypted === 'ztunnel' ? undefined : encrypted,
    bandwidthManager: settings.bandwidthManager.enabled,
    geneveDsr: isDsr && loadBalancer.dsrDispatch === 'geneve',
    xdp: kubeProxyReplacement && loadBalancer.acceleration !== 'disabled',
    noConntrack: settings.installNoConntrackIptablesRules,
  }
}

/** `auto` takes netkit wherever it works: with BPF host routing, on a kernel from 6.8 on, which nodes are taken to have. */
function usesNetkit({ bpf }: CiliumSettings, canRoute: boolean): boolean {
  return bpf.datapathMode.startsWith('netkit') || (bpf.datapathMode === 'auto' && canRoute)
}
