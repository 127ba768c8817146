import type { Fault } from './record/fault'
import type { CongestionControl, TrafficEndKind } from './record/traffic'
import type { CniName } from './record/variant'

/*
 * What is simulated today. Everything else that a lab file can say is refused by name (`not-modelled`), never ignored.
 * A new model adds a line here.
 */

/** Plugins with a model. */
export const MODELLED_CNIS: readonly CniName[] = ['none', 'calico', 'cilium', 'flannel']

/**
 * Values of settings that are modelled beside the plugin's own default, by the setting's path below `settings`:
 * any that the plugin takes, or those listed.
 */
export const MODELLED_SETTINGS: Readonly<Record<CniName, Readonly<Record<string, 'any' | readonly unknown[]>>>> = {
  none: {},
  calico: {
    'ipPool.cidr': 'any',
    'ipPool.blockSize': 'any',
    'ipPool.ipipMode': 'any',
    'ipPool.vxlanMode': 'any',
    'ipPool.natOutgoing': 'any',
    'felixConfiguration.bpfEnabled': 'any',
    'felixConfiguration.bpfRedirectToPeer': 'any',
    'felixConfiguration.nftablesMode': 'any',
    'felixConfiguration.ipipEnabled': 'any',
    'felixConfiguration.ipipMTU': 'any',
    'felixConfiguration.vxlanEnabled': 'any',
    'felixConfiguration.vxlanMTU': 'any',
    'felixConfiguration.vxlanPort': 'any',
    'felixConfiguration.vxlanVNI': 'any',
    'felixConfiguration.wireguardEnabled': 'any',
    'felixConfiguration.wireguardListeningPort': 'any',
    'felixConfiguration.wireguardMTU': 'any',
    // Which decides whether Felix programs nftables; kube-proxy's own rules come with services.
    'kubeProxy.mode': ['nftables'],
  },
  cilium: {
    MTU: 'any',
    routingMode: 'any',
    tunnelProtocol: 'any',
    tunnelPort: 'any',
    ipv4NativeRoutingCIDR: 'any',
    autoDirectNodeRoutes: 'any',
    kubeProxyReplacement: 'any',
    enableIPv4Masquerade: 'any',
    enableIPv4BIGTCP: 'any',
    installNoConntrackIptablesRules: 'any',
    'bpf.masquerade': 'any',
    'bpf.hostLegacyRouting': 'any',
    'bpf.datapathMode': 'any',
    'bandwidthManager.enabled': 'any',
    'encryption.enabled': 'any',
    'encryption.type': ['ipsec', 'wireguard'],
    'loadBalancer.mode': 'any',
    'loadBalancer.dsrDispatch': 'any',
    'bgpControlPlane.enabled': 'any',
  },
  flannel: {
    'Backend.Type': ['vxlan', 'host-gw'],
    'Backend.VNI': 'any',
    'Backend.Port': 'any',
    'Backend.DirectRouting': 'any',
    'Backend.MTU': 'any',
  },
}

/** Ends that traffic can have. */
export const MODELLED_ENDS: readonly TrafficEndKind[] = ['pod', 'workload', 'node', 'external']

/** Congestion controls with a model. */
export const MODELLED_CONGESTION: readonly CongestionControl[] = ['cubic', 'reno']

/** Kinds of Kubernetes, Calico and Cilium objects with a model. */
export const MODELLED_OBJECTS: readonly string[] = []

/** Kinds of faults with a model. */
export const MODELLED_FAULTS: readonly Fault['kind'][] = []
