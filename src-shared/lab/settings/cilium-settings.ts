import { wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { OTHER_CILIUM_KEYS } from './cilium-keys'
import { goDurationSchema } from './go-duration'
import { knownKeys } from './known-keys'
import { kubeProxySettingsSchema } from './kube-proxy-settings'

/** Settings of Cilium: values of its Helm chart, with the defaults of chart 1.20. */
export type CiliumSettings = z.output<typeof ciliumSettingsSchema>

const port = wholeNumber(0, 65_535)
const off = z.boolean().default(false)
const on = z.boolean().default(true)

/** A group of values of the chart; `others` are real values of it that have no model here. */
function group<Shape extends z.core.$ZodShape, const Key extends string = never>(
  shape: Shape,
  others: readonly Key[] = [],
) {
  return z.strictObject({ ...knownKeys(others), ...shape })
}

/** The chart writes this boolean as text; both spellings mean the same. */
const kubeProxyReplacementSchema = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .default(false)
  .transform((value) => value === true || value === 'true')

const bpfSchema = group(
  {
    masquerade: off,
    hostLegacyRouting: off,
    datapathMode: z.enum(['auto', 'veth', 'netkit', 'netkit-l2']).default('veth'),
    enableTCX: on,
    tproxy: off,
    policyMapMax: wholeNumber(1, 2 ** 31 - 1).default(16_384),
    lbMapMax: wholeNumber(1, 2 ** 31 - 1).default(65_536),
    nodeMapMax: wholeNumber(1, 2 ** 31 - 1).default(16_384),
    // Not given, they follow from mapDynamicSizeRatio and the node's memory.
    ctTcpMax: wholeNumber(1, 2 ** 24).optional(),
    ctAnyMax: wholeNumber(1, 2 ** 24).optional(),
    natMax: wholeNumber(1, 2 ** 24).optional(),
    mapDynamicSizeRatio: z.number().min(0).max(1).default(0.0025),
    preallocateMaps: off,
    monitorAggregation: z.enum(['none', 'low', 'medium', 'maximum']).default('medium'),
    monitorInterval: z.string().default('5s'),
  },
  [
    'autoMount',
    'root',
    'authMapMax',
    'ctAccounting',
    'neighMax',
    'policyMapPressureMetricsThreshold',
    'policyStatsMapMax',
    'lbExternalClusterIP',
    'lbSourceRangeAllTypes',
    'lbAlgorithmAnnotation',
    'lbModeAnnotation',
    'distributedLRU',
    'events',
    'monitorFlags',
    'monitorTraceIPOption',
    'vlanBypass',
    'disableExternalIPMitigation',
  ],
)

/** The schema of Cilium's settings. */
export const ciliumSettingsSchema = z.strictObject({
  ...knownKeys(OTHER_CILIUM_KEYS),
  routingMode: z.enum(['tunnel', 'native']).default('tunnel'),
  tunnelProtocol: z.enum(['vxlan', 'geneve']).default('vxlan'),
  tunnelPort: port.default(0),
  tunnelSourcePortRange: z.string().default('0-0'),
  underlayProtocol: z.enum(['ipv4', 'ipv6', 'auto']).default('auto'),
  ipv4NativeRoutingCIDR: z.string().default(''),
  autoDirectNodeRoutes: off,
  directRoutingSkipUnreachable: off,
  endpointRoutes: group({ enabled: off }).prefault({}),
  kubeProxyReplacement: kubeProxyReplacementSchema,
  socketLB: group({ enabled: off }, ['hostNamespaceOnly', 'terminatePodConnections', 'tracing']).prefault({}),
  bpf: bpfSchema.prefault({}),
  loadBalancer: group(
    {
      mode: z.enum(['snat', 'dsr', 'hybrid', 'annotation']).default('snat'),
      algorithm: z.enum(['random', 'maglev']).default('random'),
      acceleration: z.enum(['disabled', 'native', 'best-effort']).default('disabled'),
      dsrDispatch: z.enum(['opt', 'ipip', 'geneve']).default('opt'),
      serviceTopology: off,
    },
    ['standalone', 'experimental', 'l7'],
  ).prefault({}),
  maglev: group({ tableSize: wholeNumber(251, 131_071).default(16_381) }, ['hashSeed']).prefault({}),
  nodePort: group({ range: z.string().regex(/^\d{1,5},\d{1,5}$/u).default('30000,32767') }, [
    'enabled',
    'bindProtection',
    'autoProtectPortRange',
    'enableHealthCheck',
    'enableHealthCheckLoadBalancerIP',
    'addresses',
    'directRoutingDevice',
  ]).prefault({}),
  encryption: group(
    {
      enabled: off,
      type: z.enum(['ipsec', 'wireguard', 'ztunnel']).default('ipsec'),
      nodeEncryption: off,
      ipsec: group({ keyRotationDuration: goDurationSchema.default('5m') }, [
        'keyWatcher', 'interface', 'mountPath', 'secretName', 'keyFile', 'encryptedOverlay',
      ]).prefault({}),
    },
    ['strictMode', 'wireguard', 'ztunnel'],
  ).prefault({}),
  bandwidthManager: group({ enabled: off, bbr: off }, ['bbrHostNamespaceOnly']).prefault({}),
  enableIPv4BIGTCP: off,
  enableIPv6BIGTCP: off,
  MTU: wholeNumber(0, 65_535).default(0),
  pmtuDiscovery: group({
    enabled: off,
    packetizationLayerPMTUDMode: z.enum(['always', 'blackhole', 'disabled', 'unset']).default('blackhole'),
  }).prefault({}),
  policyEnforcementMode: z.enum(['default', 'always', 'never']).default('default'),
  endpointLockdownOnMapOverflow: off,
  policyDenyResponse: z.enum(['none', 'icmp']).default('none'),
  serviceNoBackendResponse: z.enum(['reject', 'drop']).default('reject'),
  installNoConntrackIptablesRules: off,
  enableIPv4Masquerade: on,
  ipam: group(
    {
      mode: z
        .enum(['cluster-pool', 'kubernetes', 'multi-pool', 'crd', 'eni', 'azure', 'alibabacloud', 'delegated-plugin'])
        .default('cluster-pool'),
    },
    ['ciliumNodeUpdateRate', 'installUplinkRoutesForDelegatedIPAM', 'multiPoolPreAllocation', 'nodeSpec', 'operator'],
  ).prefault({}),
  identityAllocationMode: z.enum(['crd', 'kvstore', 'doublewrite-readkvstore', 'doublewrite-readcrd']).default('crd'),
  // Patterns of labels that identities are made of, beside the agent's own: `k8s:app !k8s:run` (the config map's `labels`).
  labels: z.string().default(''),
  clustermesh: group({ maxConnectedClusters: z.union([z.literal(255), z.literal(511)]).default(255) }, [
    'annotations',
    'apiserver',
    'cacheTTL',
    'config',
    'enableEndpointSliceSynchronization',
    'enableMCSAPISupport',
    'mcsapi',
    'policyDefaultLocalCluster',
    'useAPIServer',
  ]).prefault({}),
  identityManagementMode: z.enum(['agent', 'operator', 'both']).default('agent'),
  ciliumEndpointSlice: group({ enabled: off }, ['rateLimits', 'sliceMode']).prefault({}),
  bgpControlPlane: group({ enabled: off }, [
    'secretsNamespace',
    'statusReport',
    'routerIDAllocation',
    'legacyOriginAttribute',
  ]).prefault({}),
  hostFirewall: group({ enabled: off }).prefault({}),
  l7Proxy: on,
  egressGateway: group({ enabled: off }, ['reconciliationTriggerInterval', 'maxPolicyEntries']).prefault({}),
  l2NeighDiscovery: group({ enabled: off }, ['refreshPeriod']).prefault({}),
  enableNoServiceEndpointsRoutable: on,
  kubeProxy: kubeProxySettingsSchema,
})

/** Whether pods' packets between nodes are encrypted by IPsec. */
export function usesIpsec({ encryption }: CiliumSettings): boolean {
  return encryption.enabled && encryption.type === 'ipsec'
}
