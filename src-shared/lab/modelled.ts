import type { Fault } from './record/fault'
import type { TrafficEndKind } from './record/traffic'
import type { CniName } from './record/variant'

/*
 * What is simulated today. Everything else that a lab file can say is refused by name (`not-modelled`), never ignored.
 * A new model adds a line here.
 */

/** Plugins with a model. */
export const MODELLED_CNIS: readonly CniName[] = ['none', 'calico', 'cilium', 'flannel']

/** Plugins among them that enforce policies, each as it reads them itself. */
export const ENFORCING_CNIS = ['calico', 'cilium'] as const satisfies readonly CniName[]

/** kube-proxy's mode, how large the kernel's connection tracking is, and how long its entries live. */
const KUBE_PROXY = {
  'kubeProxy.mode': 'any',
  'kubeProxy.conntrack.maxPerCore': 'any',
  'kubeProxy.conntrack.min': 'any',
  'kubeProxy.conntrack.tcpEstablishedTimeout': 'any',
  'kubeProxy.conntrack.tcpCloseWaitTimeout': 'any',
  'kubeProxy.conntrack.udpTimeout': 'any',
  'kubeProxy.conntrack.udpStreamTimeout': 'any',
} as const

/**
 * Values of settings that are modelled beside the plugin's own default, by the setting's path below `settings`:
 * any that the plugin takes, or those listed.
 */
export const MODELLED_SETTINGS: Readonly<Record<CniName, Readonly<Record<string, 'any' | readonly unknown[]>>>> = {
  none: { 'kubeProxy.mode': 'any' },
  calico: {
    ipPools: 'any',
    'ipPool.cidr': 'any',
    'ipPool.blockSize': 'any',
    'ipPool.ipipMode': 'any',
    'ipPool.vxlanMode': 'any',
    'ipPool.natOutgoing': 'any',
    'bgpConfiguration.nodeToNodeMeshEnabled': 'any',
    'bgpConfiguration.asNumber': 'any',
    'bgpConfiguration.nodeMeshMaxRestartTime': 'any',
    'bgpConfiguration.programClusterRoutes': 'any',
    'felixConfiguration.programClusterRoutes': 'any',
    'bgpConfiguration.communities': 'any',
    'bgpConfiguration.prefixAdvertisements': 'any',
    'bgpConfiguration.serviceLoadBalancerIPs': 'any',
    'felixConfiguration.serviceLoopPrevention': ['Disabled'],
    bgpPeers: 'any',
    bgpFilters: 'any',
    felixConfigurations: 'any',
    nodes: 'any',
    'felixConfiguration.bpfEnabled': 'any',
    'felixConfiguration.bpfMapSizeConntrack': 'any',
    'felixConfiguration.bpfConntrackTimeouts.tcpSynSent': 'any',
    'felixConfiguration.bpfConntrackTimeouts.tcpEstablished': 'any',
    'felixConfiguration.bpfConntrackTimeouts.tcpFinsSeen': 'any',
    'felixConfiguration.bpfConntrackTimeouts.tcpResetSeen': 'any',
    'felixConfiguration.bpfConntrackTimeouts.udpTimeout': 'any',
    'felixConfiguration.bpfConntrackTimeouts.icmpTimeout': 'any',
    'felixConfiguration.natPortRange': 'any',
    ...KUBE_PROXY,
    'felixConfiguration.bpfRedirectToPeer': 'any',
    'felixConfiguration.bpfExternalServiceMode': 'any',
    'felixConfiguration.nftablesMode': 'any',
    'felixConfiguration.featureDetectOverride': ['ChecksumOffloadBroken=true', 'ChecksumOffloadBroken=false'],
    'felixConfiguration.ipipEnabled': 'any',
    'felixConfiguration.ipipMTU': 'any',
    'felixConfiguration.vxlanEnabled': 'any',
    'felixConfiguration.vxlanMTU': 'any',
    'felixConfiguration.vxlanPort': 'any',
    'felixConfiguration.vxlanVNI': 'any',
    'felixConfiguration.wireguardEnabled': 'any',
    'felixConfiguration.wireguardListeningPort': 'any',
    'felixConfiguration.wireguardMTU': 'any',
    'kubeProxy.mode': 'any',
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
    'bpf.ctTcpMax': 'any',
    'bpf.ctAnyMax': 'any',
    'bpf.natMax': 'any',
    'bpf.mapDynamicSizeRatio': 'any',
    'nodePort.range': 'any',
    ...KUBE_PROXY,
    'bpf.hostLegacyRouting': 'any',
    'bpf.datapathMode': 'any',
    'bandwidthManager.enabled': 'any',
    'encryption.enabled': 'any',
    'encryption.type': ['ipsec', 'wireguard'],
    'encryption.ipsec.keyRotationDuration': 'any',
    'loadBalancer.mode': ['snat', 'dsr', 'hybrid'],
    'loadBalancer.dsrDispatch': ['opt', 'geneve'],
    'loadBalancer.serviceTopology': 'any',
    'loadBalancer.algorithm': 'any',
    'loadBalancer.acceleration': 'any',
    'maglev.tableSize': 'any',
    'bgpControlPlane.enabled': 'any',
    labels: 'any',
    'bpf.policyMapMax': 'any',
    identityAllocationMode: 'any',
    'ciliumEndpointSlice.enabled': 'any',
    endpointLockdownOnMapOverflow: 'any',
    'clustermesh.maxConnectedClusters': 'any',
  },
  flannel: {
    'Backend.Type': ['vxlan', 'host-gw'],
    ...KUBE_PROXY,
    'Backend.VNI': 'any',
    'Backend.Port': 'any',
    'Backend.DirectRouting': 'any',
    'Backend.MTU': 'any',
    'delegate.hairpinMode': 'any',
  },
}

/** Ends that traffic can have. */
export const MODELLED_ENDS: readonly TrafficEndKind[] = ['pod', 'workload', 'node', 'external', 'service']

/** Kinds of Kubernetes, Calico and Cilium objects with a model. */
export const MODELLED_OBJECTS: readonly string[] = [
  'Namespace', 'Node', 'Pod', 'Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'ServiceAccount', 'Service', 'EndpointSlice',
  'NetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy',
  'GlobalNetworkPolicy', 'Tier', 'NetworkSet', 'GlobalNetworkSet', 'HostEndpoint',
  'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy', 'StagedKubernetesNetworkPolicy',
  'IPPool', 'FelixConfiguration', 'BGPConfiguration', 'BGPPeer', 'BGPFilter',
  'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy', 'CiliumCIDRGroup',
  'CiliumLoadBalancerIPPool', 'CiliumBGPClusterConfig', 'CiliumBGPPeerConfig', 'CiliumBGPAdvertisement', 'CiliumBGPPeeringPolicy',
]

/** Kinds that change nothing about a network, or nothing that is not said elsewhere in a lab, with the reason. */
export const UNUSED_OBJECTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'ConfigMap', 'Secret', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition',
      'PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Lease', 'Event', 'ResourceQuota', 'LimitRange',
      'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'PriorityClass', 'RuntimeClass', 'ControllerRevision',
      'ComponentStatus', 'PodTemplate', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService',
    ].map((kind) => [kind, 'it says nothing about the network']),
  ),
  ...Object.fromEntries(
    [
      'BlockAffinity', 'IPAMBlock', 'IPAMConfig', 'IPAMHandle', 'ClusterInformation', 'CalicoNodeStatus', 'WorkloadEndpoint',
      'CiliumEndpoint', 'CiliumEndpointSlice', 'CiliumIdentity', 'CiliumNode', 'CiliumBGPNodeConfig', 'TigeraStatus',
    ].map((kind) => [kind, 'a plugin wrote it, and the simulation finds out its own']),
  ),
  Job: 'its pods come and go, and a lab has those that stay',
  CronJob: 'its pods come and go, and a lab has those that stay',
  CiliumBGPNodeConfigOverride: "it changes a node's own end of sessions, which are not simulated for Cilium",
  ReplicationController: 'Deployments took its place; give one of these',
  Endpoints: 'EndpointSlice took its place, and a Service with a selector has its endpoints by itself',
}

/** Kinds of faults with a model. */
export const MODELLED_FAULTS: readonly Fault['kind'][] = [
  'link-down',
  'link-silent',
  'link-flap',
  'link-loss',
  'link-delay',
  'link-rate',
  'link-mtu',
  'node-crash',
  'partition',
  'agent-kill',
  'session-reset',
  'filter',
  'node-add',
  'pod-add',
  'pod-delete',
  'pod-evict',
  'policy-add',
  'policy-remove',
  'service-add',
  'service-remove',
  'ebpf-enable',
  'ipsec-key',
]
