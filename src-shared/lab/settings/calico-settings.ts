import { addIssue } from '../issue'
import { plainNameSchema } from '../name-schemas'
import { asnSchema, ipv4AddressSchema, ipv4InterfaceSchema, ipv4PrefixSchema, mtuSchema, portSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { OTHER_BGP_CONFIGURATION_KEYS, OTHER_BGP_PEER_KEYS, OTHER_FELIX_KEYS, OTHER_IP_POOL_KEYS, OTHER_NODE_BGP_KEYS, OTHER_NODE_KEYS } from './calico-keys'
import { goDurationSchema } from './go-duration'
import { knownKeys } from './known-keys'
import { kubeProxySettingsSchema } from './kube-proxy-settings'

/** Settings of Calico: fields of the v3 resources' specs, with the values a fresh `manifests/calico.yaml` has. */
export type CalicoSettings = z.output<typeof calicoSettingsSchema>

const encapsulationMode = z.enum(['Always', 'CrossSubnet', 'Never'])

/** An enumeration that Felix reads in any case. */
function anyCase<const Value extends string>(...values: readonly Value[]) {
  const spelling = (text: string): string => values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text
  return z.preprocess((input) => (typeof input === 'string' ? spelling(input) : input), z.enum(values))
}

const autoMtu = z.union([z.literal(0), mtuSchema])
const networkIdentifier = wholeNumber(0, 2 ** 24 - 1)

/**
 * An IPPool as `manifests/calico.yaml` v3.32 creates it: IPIP Always, VXLAN Never, NAT for outgoing traffic. A mode that
 * is not given beside one that is has the API's own default, Never: who writes a pool's modes writes the pool.
 * The pool is the lab's podCIDR.
 */
const ipPoolSchema = z
  .strictObject({
    ...knownKeys(OTHER_IP_POOL_KEYS),
    cidr: ipv4PrefixSchema.optional(),
    blockSize: wholeNumber(20, 32).default(26),
    ipipMode: encapsulationMode.optional(),
    vxlanMode: encapsulationMode.optional(),
    natOutgoing: z.boolean().default(true),
    disabled: z.boolean().default(false),
    disableBGPExport: z.boolean().default(false),
    nodeSelector: z.string().default('all()'),
    assignmentMode: z.enum(['Automatic', 'Manual']).default('Automatic'),
  })
  .transform((pool) => ({
    ...pool,
    ipipMode: pool.ipipMode ?? (pool.vxlanMode === undefined ? ('Always' as const) : ('Never' as const)),
    vxlanMode: pool.vxlanMode ?? ('Never' as const),
  }))

/**
 * A pool beside the one that pods get addresses of: disabled, or for other uses. What is in any pool counts as inside the
 * cluster, so that `natOutgoing` does not translate what goes there.
 */
const furtherPoolSchema = z
  .strictObject({
    name: z.string().min(1),
    cidr: ipv4PrefixSchema,
    disabled: z.boolean().default(false),
    assignmentMode: z.enum(['Automatic', 'Manual']).default('Automatic'),
    allowedUses: z.array(z.string()).optional(),
  })
  .superRefine(({ disabled, assignmentMode, allowedUses }, context) => {
    const givesAddresses = !disabled && assignmentMode === 'Automatic' && allowedUses?.includes('Workload') !== false
    if (givesAddresses) addIssue(context, 'not-modelled', 'A second pool that pods get addresses of is not modelled yet.', 'Disable it, or leave it out.', ['disabled'])
  })

/** How long entries of the eBPF data plane's connection tracking live (felix/bpf/conntrack/timeouts). */
const bpfConntrackTimeoutsSchema = z.strictObject({
  ...knownKeys(['creationGracePeriod', 'genericTimeout']),
  tcpSynSent: goDurationSchema.default('20s'),
  tcpEstablished: goDurationSchema.default('1h'),
  tcpFinsSeen: goDurationSchema.default('30s'),
  tcpResetSeen: goDurationSchema.default('40s'),
  udpTimeout: goDurationSchema.default('60s'),
  icmpTimeout: goDurationSchema.default('5s'),
})

/** FelixConfiguration with the defaults of v3.32, except what `manifests/calico.yaml` sets (endpoint to host: ACCEPT). */
const felixConfigurationSchema = z.strictObject({
  ...knownKeys(OTHER_FELIX_KEYS),
  bpfEnabled: z.boolean().default(false),
  nftablesMode: z.enum(['Enabled', 'Disabled', 'Auto']).default('Auto'),
  iptablesBackend: anyCase('Legacy', 'NFT', 'Auto').default('Auto'),
  programClusterRoutes: z.enum(['Enabled', 'Disabled']).default('Disabled'),
  // Not given, they follow from the pools.
  ipipEnabled: z.boolean().optional(),
  vxlanEnabled: z.boolean().optional(),
  ipipMTU: autoMtu.default(0),
  vxlanMTU: autoMtu.default(0),
  // What Felix is to take the kernel for: with ChecksumOffloadBroken it switches the VXLAN device's checksums off.
  featureDetectOverride: z.string().regex(/^([\w-]+=(true|false|),)*([\w-]+=(true|false|))?$/u).optional(),
  vxlanPort: portSchema.default(4789),
  vxlanVNI: networkIdentifier.default(4096),
  wireguardEnabled: z.boolean().default(false),
  wireguardListeningPort: portSchema.default(51_820),
  wireguardMTU: autoMtu.default(0),
  wireguardHostEncryptionEnabled: z.boolean().default(false),
  wireguardRoutingRulePriority: wholeNumber(1, 32_765).default(99),
  bpfExternalServiceMode: anyCase('Tunnel', 'DSR').default('Tunnel'),
  bpfConnectTimeLoadBalancing: z.enum(['TCP', 'Enabled', 'Disabled']).default('TCP'),
  bpfHostNetworkedNATWithoutCTLB: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  bpfAttachType: z.enum(['TC', 'TCX', 'Netkit']).default('TCX'),
  bpfRedirectToPeer: z.enum(['Enabled', 'Disabled', 'L2Only']).default('Enabled'),
  bpfMapSizeConntrack: wholeNumber(1, 2 ** 31 - 1).default(512_000),
  bpfConntrackTimeouts: bpfConntrackTimeoutsSchema.prefault({}),
  // Ports that masquerading uses, `first:last`; not given, the kernel's: 1024 to 65535.
  natPortRange: z.string().regex(/^\d{1,5}:\d{1,5}$/u).optional(),
  bpfPSNATPorts: z.union([z.string(), z.strictObject({ minPort: z.int(), maxPort: z.int() })]).default('20000:29999'),
  defaultEndpointToHostAction: anyCase('Drop', 'Return', 'Accept').default('Accept'),
  chainInsertMode: anyCase('Insert', 'Append').default('Insert'),
  serviceLoopPrevention: anyCase('Drop', 'Reject', 'Disabled').default('Drop'),
  natOutgoingExclusions: z.enum(['IPPoolsOnly', 'IPPoolsAndHostIPs']).default('IPPoolsOnly'),
})

/** Fields of a FelixConfiguration that single nodes may have of their own. */
const felixFieldsOfNode = {
  vxlanPort: portSchema.optional(),
  vxlanVNI: networkIdentifier.optional(),
  vxlanMTU: autoMtu.optional(),
  ipipMTU: autoMtu.optional(),
  wireguardMTU: autoMtu.optional(),
}

/** Fields of a FelixConfiguration that all nodes have alike here. */
const FELIX_FIELDS_OF_ALL = Object.keys(felixConfigurationSchema.shape).filter((key) => !(key in felixFieldsOfNode))

/** The FelixConfiguration of a single node, `node.` and its name: what it gives, the node has in place of what all have. */
const nodeFelixConfigurationSchema = z
  .strictObject({ ...knownKeys(FELIX_FIELDS_OF_ALL), name: z.string().regex(/^node\../u), ...felixFieldsOfNode })
  .superRefine((configuration: Readonly<Record<string, unknown>>, context) => {
    for (const key of FELIX_FIELDS_OF_ALL) refuseUnmodelled(context, configuration, key, `${key} of a single node`)
  })

/** A Node of Calico's: the address that it found, or was given, for tunnels and BGP; its mask says what CrossSubnet takes for near. */
const calicoNodeSchema = z
  .strictObject({
    ...knownKeys(OTHER_NODE_KEYS),
    name: plainNameSchema,
    bgp: z.strictObject({ ...knownKeys(OTHER_NODE_BGP_KEYS), ipv4Address: ipv4InterfaceSchema.optional() }).prefault({}),
  })
  .superRefine((node, context) => {
    for (const key of OTHER_NODE_KEYS) refuseUnmodelled(context, node, key, `${key} of a Node`)
    for (const key of OTHER_NODE_BGP_KEYS) refuseUnmodelled(context, node.bgp, key, `${key} of a Node`, ['bgp'])
  })

/** Says of a field that is given that it has no model. */
function refuseUnmodelled(context: z.RefinementCtx, fields: Readonly<Record<string, unknown>>, key: string, what: string, path: readonly string[] = []): void {
  if (fields[key] !== undefined) addIssue(context, 'not-modelled', `${what} is not modelled yet.`, 'Leave it out.', [...path, key])
}

/** A Go duration in whole seconds: `120s`. */
const seconds = z.string().regex(/^\d+s$/u)

/** Two numbers of 16 bits. */
const communityValue = z.string().regex(/^\d{1,5}:\d{1,5}$/u)

/** A standard community, `65000:100` (RFC 1997), or the name that `communities` gives it. */
const community = z.string().min(1)

/** BGPConfiguration with the defaults of v3.32: a full mesh of AS 64512. */
const bgpConfigurationSchema = z.strictObject({
  ...knownKeys(OTHER_BGP_CONFIGURATION_KEYS),
  nodeToNodeMeshEnabled: z.boolean().default(true),
  asNumber: asnSchema.default(64_512),
  listenPort: portSchema.default(179),
  nodeMeshMaxRestartTime: seconds.default('120s'),
  bindMode: z.enum(['None', 'NodeIP']).default('None'),
  programClusterRoutes: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  communities: z.array(z.strictObject({ name: z.string().min(1), value: communityValue })).default([]),
  // Ranges of addresses that every node announces, whichever services have some of them.
  serviceLoadBalancerIPs: z.array(z.strictObject({ cidr: ipv4PrefixSchema })).default([]),
  prefixAdvertisements: z.array(z.strictObject({ cidr: ipv4PrefixSchema, communities: z.array(community).min(1) })).default([]),
})

/** A rule of a BGPFilter: without a CIDR it matches every route. */
const bgpFilterRuleSchema = z
  .strictObject({
    action: z.enum(['Accept', 'Reject']),
    cidr: ipv4PrefixSchema.optional(),
    matchOperator: z.enum(['Equal', 'NotEqual', 'In', 'NotIn']).optional(),
    prefixLength: z.strictObject({ min: wholeNumber(0, 32).optional(), max: wholeNumber(0, 32).optional() }).optional(),
    source: z.enum(['RemotePeers']).optional(),
  })
  .superRefine(({ cidr, matchOperator }, context) => {
    if ((cidr === undefined) !== (matchOperator === undefined)) {
      addIssue(context, 'wrong-value', 'A rule of a BGPFilter has both a cidr and a matchOperator, or neither.')
    }
  })

/** A BGPFilter, which BGPPeers name: the first rule that matches decides. */
const bgpFilterSchema = z.strictObject({
  name: z.string().min(1),
  importV4: z.array(bgpFilterRuleSchema).default([]),
  exportV4: z.array(bgpFilterRuleSchema).default([]),
})

/**
 * A BGPPeer: who of the nodes (`node`, `nodeSelector`; all where neither is given) speaks with whom (`peerIP`, or the
 * nodes that `peerSelector` selects).
 */
const bgpPeerSchema = z
  .strictObject({
    ...knownKeys(OTHER_BGP_PEER_KEYS),
    node: z.string().optional(),
    nodeSelector: z.string().optional(),
    peerIP: ipv4AddressSchema.optional(),
    asNumber: asnSchema.optional(),
    peerSelector: z.string().optional(),
    sourceAddress: z.enum(['UseNodeIP', 'None']).default('UseNodeIP'),
    keepOriginalNextHop: z.boolean().default(false),
    nextHopMode: z.enum(['Auto', 'Self', 'Keep']).optional(),
    numAllowedLocalASNumbers: wholeNumber(0, 255).default(0),
    keepaliveTime: seconds.optional(),
    maxRestartTime: seconds.optional(),
    password: z.unknown().optional(),
    filters: z.array(z.string().min(1)).default([]),
    // Of Calico Enterprise and Calico Cloud; the open-source templates configure no BFD.
    failureDetectionMode: z.enum(['None', 'BFDIfDirectlyConnected']).default('None'),
  })
  .superRefine((peer, context) => {
    for (const key of OTHER_BGP_PEER_KEYS) refuseUnmodelled(context, peer, key, `${key} of a BGPPeer`)
    if ((peer.peerIP === undefined) === (peer.peerSelector === undefined)) {
      addIssue(context, 'wrong-value', 'A BGPPeer has either a peerIP or a peerSelector.')
    }
  })

/** The schema of Calico's settings. */
export const calicoSettingsSchema = z
  .strictObject({
    ipPool: ipPoolSchema.prefault({}),
    ipPools: z.array(furtherPoolSchema).default([]),
    felixConfiguration: felixConfigurationSchema.prefault({}),
    bgpConfiguration: bgpConfigurationSchema.prefault({}),
    bgpPeers: z.array(bgpPeerSchema).default([]),
    bgpFilters: z.array(bgpFilterSchema).default([]),
    felixConfigurations: z.array(nodeFelixConfigurationSchema).default([]),
    nodes: z.array(calicoNodeSchema).default([]),
    kubeProxy: kubeProxySettingsSchema,
  })
  .superRefine(({ bgpConfiguration, bgpPeers, bgpFilters }, context) => {
    const filters = new Set(bgpFilters.map(({ name }) => name))
    bgpPeers.forEach((peer, index) => {
      for (const name of peer.filters) {
        if (!filters.has(name)) addIssue(context, 'unknown-reference', `There is no BGPFilter ${JSON.stringify(name)}.`, 'Add it to bgpFilters.', ['bgpPeers', index, 'filters'])
      }
    })
    const communities = new Set(bgpConfiguration.communities.map(({ name }) => name))
    bgpConfiguration.prefixAdvertisements.forEach((advertised, index) => {
      for (const name of advertised.communities) {
        if (communities.has(name) || communityValue.safeParse(name).success) continue
        const fix = 'Write it like 65000:100, or add its name to communities.'
        addIssue(context, 'unknown-reference', `There is no community ${JSON.stringify(name)}.`, fix, ['bgpConfiguration', 'prefixAdvertisements', index, 'communities'])
      }
    })
  })

/** Fields of the specs of Calico's resources of configuration, by kind: those with a model, and the others. */
export const CALICO_SPEC_FIELDS: Readonly<Record<'IPPool' | 'FelixConfiguration' | 'BGPConfiguration' | 'BGPPeer' | 'BGPFilter' | 'Node', readonly string[]>> = {
  IPPool: Object.keys(ipPoolSchema.in.shape),
  FelixConfiguration: Object.keys(felixConfigurationSchema.shape),
  BGPConfiguration: Object.keys(bgpConfigurationSchema.shape),
  BGPPeer: Object.keys(bgpPeerSchema.shape),
  BGPFilter: ['exportV4', 'importV4', 'exportV6', 'importV6'],
  Node: ['bgp', ...OTHER_NODE_KEYS],
}

/** Settings in which a BGPPeer stands alone, among filters of the names that it gives. */
export function settingsOfPeer(peer: Readonly<Record<string, unknown>>): { readonly bgpPeers: unknown; readonly bgpFilters: unknown } {
  const { filters } = peer
  const names = Array.isArray(filters) ? new Set(filters.filter((name) => typeof name === 'string')) : []
  return { bgpPeers: [peer], bgpFilters: Array.from(names, (name) => ({ name })) }
}

/** What Felix is told that the kernel has (`featureDetectOverride`: a=true,b=false); undefined where it finds out by itself. */
export function featureOverride(felix: CalicoSettings['felixConfiguration'], feature: string): boolean | undefined {
  const told = felix.featureDetectOverride?.split(',').findLast((each) => each.startsWith(`${feature}=`))
  return told === undefined || told.endsWith('=') ? undefined : told.endsWith('=true')
}
