/**
 * Top-level values of Cilium's Helm chart that are real but have no model here, so that using one is refused by name
 * instead of being called unknown. Source: cilium/cilium, install/kubernetes/cilium/values.yaml.
 */
export const OTHER_CILIUM_KEYS = [
  'affinity', 'agent', 'agentNotReadyTaintKey', 'aksbyocni', 'alibabacloud', 'annotateK8sNode', 'annotations',
  'apiRateLimit', 'authentication', 'azure', 'bpfClockProbe', 'certgen', 'cgroup', 'cleanBpfState', 'cleanState', 'cluster',
  'cni', 'commonLabels', 'connectivityProbeFrequencyRatio', 'conntrackGCInterval', 'conntrackGCMaxInterval',
  'crdWaitTimeout', 'customCalls', 'daemon', 'dashboards', 'debug', 'defaultLBServiceIPAM', 'disableEndpointCRD',
  'dnsPolicy', 'dnsProxy', 'enableCriticalPriorityClass', 'enableIPv6Masquerade', 'enableInternalTrafficPolicy',
  'enableK8sTerminatingEndpoint', 'enableLBIPAM', 'enableMasqueradeRouteSource', 'enableNonDefaultDenyPolicies',
  'enableRuntimeDeviceDetection', 'enableTunnelBIGTCP', 'enableXTSocketFallback', 'endpointHealthChecking',
  'eni', 'envoy', 'envoyConfig', 'etcd', 'externalIPs', 'externalWorkloads', 'extraArgs',
  'extraConfig', 'extraContainers', 'extraEnv', 'extraHostPathMounts', 'extraInitContainers', 'extraVolumeMounts',
  'extraVolumes', 'forceDeviceDetection', 'devices', 'gatewayAPI', 'gke', 'healthCheckICMPFailureThreshold',
  'healthChecking', 'healthPort', 'highScaleIPcache', 'hostPort', 'hubble', 'identityChangeGracePeriod', 'image',
  'imagePullSecrets', 'ingressController', 'initResources', 'ipMasqAgent', 'ipv4', 'ipv6', 'ipv6NativeRoutingCIDR', 'k8s',
  'k8sClientExponentialBackoff', 'k8sClientRateLimit', 'k8sNetworkPolicy', 'k8sServiceHost', 'k8sServiceHostRef',
  'k8sServiceLookupConfigMapName', 'k8sServiceLookupNamespace', 'k8sServicePort', 'keepDeprecatedLabels',
  'keepDeprecatedProbes', 'kubeConfigPath', 'kubeProxyReplacementHealthzBindAddr', 'l2announcements', 'l2podAnnouncements',
  'livenessProbe', 'localRedirectPolicies', 'localRedirectPolicy', 'logSystemLoad', 'monitor', 'name',
  'namespaceOverride', 'nat', 'nat46x64Gateway', 'nodeIPAM', 'nodeSelector', 'nodeSelectorLabels', 'nodeinit', 'operator',
  'podAnnotations', 'podLabels', 'podSecurityContext', 'policyCIDRMatchMode', 'pprof', 'preflight', 'priorityClassName',
  'prometheus', 'proxy', 'rbac', 'readinessProbe', 'resourceQuotas', 'resources', 'rollOutCiliumPods', 'scheduling',
  'sctp', 'secretsNamespaceAnnotations', 'secretsNamespaceLabels', 'securityContext', 'serviceAccounts', 'sleepAfterInit',
  'standaloneDnsProxy', 'startupProbe', 'svcSourceRangeCheck', 'synchronizeK8sNodes', 'sysctlfix',
  'terminationGracePeriodSeconds', 'tls', 'tolerations', 'tmpVolume', 'updateStrategy', 'upgradeCompatibility', 'vtep',
  'waitForKubeProxy', 'wellKnownIdentities',
] as const
