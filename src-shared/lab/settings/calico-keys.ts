// Fields of Calico's v3 resources that are real but have no model here, so that using one is refused by name instead of
// being called unknown. Source: projectcalico/calico, api/pkg/apis/projectcalico/v3 and api/config/crd.

/** Further fields of an IPPool's spec. */
export const OTHER_IP_POOL_KEYS = ['allowedUses', 'namespaceSelector', 'ipip', 'nat-outgoing'] as const

/** Further fields of BGPConfiguration's spec. */
export const OTHER_BGP_CONFIGURATION_KEYS = [
  'ignoredInterfaces', 'localWorkloadPeeringIPV4', 'localWorkloadPeeringIPV6', 'logSeverityScreen',
  'nodeMeshPassword', 'serviceClusterIPs', 'serviceExternalIPs',
  'serviceLoadBalancerAggregation',
] as const

/** Further fields of a BGPPeer's spec. */
export const OTHER_BGP_PEER_KEYS = [
  'localASNumber', 'localWorkloadSelector', 'reachableBy', 'reversePeering', 'ttlSecurity',
] as const

/** Further fields of a Node's spec, and of its `bgp`: Calico writes addresses of tunnels itself; a lab's node has an AS number. */
export const OTHER_NODE_KEYS = ['addresses', 'interfaces', 'ipv4VXLANTunnelAddr', 'ipv6VXLANTunnelAddr', 'orchRefs', 'vxlanTunnelMACAddr', 'vxlanTunnelMACAddrV6', 'wireguard'] as const
export const OTHER_NODE_BGP_KEYS = ['asNumber', 'ipv4IPIPTunnelAddr', 'ipv6Address', 'routeReflectorClusterID'] as const

/** Further fields of FelixConfiguration's spec. */
export const OTHER_FELIX_KEYS = [
  'allowIPIPPacketsFromWorkloads', 'allowVXLANPacketsFromWorkloads', 'awsSrcDstCheck', 'bpfCTLBLogFilter',
  'bpfConnectTimeLoadBalancingEnabled', 'bpfConntrackCleanupMode', 'bpfConntrackLogLevel',
  'bpfDSROptoutCIDRs', 'bpfDataIfacePattern', 'bpfDisableGROForIfaces', 'bpfDisableUnprivileged', 'bpfEnforceRPF',
  'bpfExcludeCIDRsFromNAT', 'bpfExportBufferSizeMB', 'bpfExtToServiceConnmark', 'bpfForceTrackPacketsFromIfaces',
  'bpfHostConntrackBypass', 'bpfJITHardening', 'bpfKubeProxyEndpointSlicesEnabled', 'bpfKubeProxyHealthzPort',
  'bpfKubeProxyIptablesCleanupEnabled', 'bpfKubeProxyMinSyncPeriod', 'bpfL3IfacePattern', 'bpfLogFilters',
  'bpfLogLevel', 'bpfMaglevMaxEndpointsPerService', 'bpfMaglevMaxServices', 'bpfMapSizeConntrackCleanupQueue',
  'bpfMapSizeConntrackScaling', 'bpfMapSizeIPSets', 'bpfMapSizeIfState', 'bpfMapSizeNATAffinity', 'bpfMapSizeNATBackend',
  'bpfMapSizeNATFrontend', 'bpfMapSizePerCpuConntrack', 'bpfMapSizeRoute', 'bpfPolicyDebugEnabled', 'bpfProfiling',
  'cgroupV2Path', 'dataplaneDriver', 'dataplaneWatchdogTimeout', 'debugDisableLogDropping', 'debugHost',
  'debugMemoryProfilePath', 'debugPort', 'debugSimulateCalcGraphHangAfter', 'debugSimulateDataplaneApplyDelay',
  'debugSimulateDataplaneHangAfter', 'deviceRouteProtocol', 'deviceRouteSourceAddress', 'deviceRouteSourceAddressIPv6',
  'disableConntrackInvalidCheck', 'endpointReportingDelay', 'endpointReportingEnabled', 'endpointStatusPathPrefix',
  'externalNodesList', 'failsafeInboundHostPorts', 'failsafeOutboundHostPorts', 'featureGates',
  'floatingIPs', 'flowLogsCollectorDebugTrace', 'flowLogsFlushInterval', 'flowLogsGoldmaneServer',
  'flowLogsLocalReporter', 'flowLogsPolicyEvaluationMode', 'genericXDPEnabled', 'goGCThreshold', 'goMaxProcs',
  'goMemoryLimitMB', 'healthEnabled', 'healthHost', 'healthPort', 'healthTimeoutOverrides', 'interfaceExclude',
  'interfacePrefix', 'interfaceRefreshInterval', 'ipForwarding', 'ipsetsRefreshInterval',
  'iptablesFilterAllowAction', 'iptablesFilterDenyAction', 'iptablesLockFilePath', 'iptablesLockProbeInterval',
  'iptablesLockTimeout', 'iptablesMangleAllowAction', 'iptablesMarkMask', 'iptablesNATOutgoingInterfaceFilter',
  'iptablesPostWriteCheckInterval', 'iptablesRefreshInterval', 'ipv4ElevatedRoutePriority', 'ipv4NormalRoutePriority',
  'ipv6ElevatedRoutePriority', 'ipv6NormalRoutePriority', 'ipv6Support', 'istioAmbientMode', 'istioDSCPMark',
  'kubeNodePortRanges', 'liveMigrationRouteConvergenceTime', 'logActionRateLimit', 'logActionRateLimitBurst',
  'logDebugFilenameRegex', 'logFilePath', 'logPrefix', 'logSeverityFile', 'logSeverityScreen', 'logSeveritySys',
  'maxIpsetSize', 'metadataAddr', 'metadataPort', 'mtuIfacePattern', 'natOutgoingAddress',
  'netlinkTimeout', 'nftablesFilterAllowAction', 'nftablesFilterDenyAction', 'nftablesMangleAllowAction',
  'nftablesMarkMask', 'nftablesRefreshInterval', 'openstackRegion', 'policySyncPathPrefix', 'prometheusGoMetricsEnabled',
  'prometheusMetricsCAFile', 'prometheusMetricsCertFile', 'prometheusMetricsClientAuth', 'prometheusMetricsEnabled',
  'prometheusMetricsHost', 'prometheusMetricsKeyFile', 'prometheusMetricsPort', 'prometheusProcessMetricsEnabled',
  'prometheusWireGuardMetricsEnabled', 'removeExternalRoutes', 'reportingInterval', 'reportingTTL',
  'requireMTUFile', 'routeRefreshInterval', 'routeSource', 'routeSyncDisabled', 'routeTableRange', 'routeTableRanges',
  'sidecarAccelerationEnabled', 'usageReportingEnabled', 'usageReportingInitialDelay', 'usageReportingInterval',
  'useInternalDataplaneDriver', 'vxlanMTUV6', 'windowsManageFirewallRules', 'wireguardEnabledV6',
  'wireguardInterfaceName', 'wireguardInterfaceNameV6', 'wireguardKeepAlive', 'wireguardListeningPortV6',
  'wireguardMTUV6', 'wireguardThreadingEnabled', 'workloadSourceSpoofing', 'xdpEnabled', 'xdpRefreshInterval',
] as const
