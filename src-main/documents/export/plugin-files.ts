import { SETTINGS_SCHEMAS, type CalicoVariant, type CiliumVariant, type FlannelVariant, type Lab, type Variant } from '#shared/lab/index'
import { formatIpv4Prefix } from '#shared/units/index'

import { variantFile } from './label-names'
import type { LabExport } from './lab-export'
import { plainSettings, type PlainFields } from './plain-settings'

/** Encapsulations of a pool by its modes (operator.tigera.io/v1, EncapsulationType); one of the two is always Never. */
const ENCAPSULATIONS = {
  ipip: { Always: 'IPIP', CrossSubnet: 'IPIPCrossSubnet', Never: 'None' },
  vxlan: { Always: 'VXLAN', CrossSubnet: 'VXLANCrossSubnet', Never: 'None' },
} as const

/** What every plugin has unless told otherwise. */
const USUAL = {
  calico: SETTINGS_SCHEMAS.calico.parse({ bgpPeers: [{ peerIP: '192.0.2.1' }], bgpFilters: [{ name: 'any' }] }),
  cilium: SETTINGS_SCHEMAS.cilium.parse({}),
  flannel: SETTINGS_SCHEMAS.flannel.parse({}),
}

/** Helm values for each variant: of Cilium's chart, of tigera-operator's, of Flannel's. */
export function exportHelm(made: LabExport, lab: Lab, variants: readonly Variant[]): void {
  for (const variant of variants) {
    const file = `${variantFile(lab, variant)}.values.yaml`
    switch (variant.cni) {
      case 'none':
        made.warn('not-exported', placeOf(lab, variant), 'Pods in the host network need no plugin, so that there is no chart.')
        break
      case 'calico':
        made.addYaml(file, calicoValues(made, lab, variant))
        break
      case 'cilium':
        made.addYaml(file, ciliumValues(made, lab, variant))
        break
      case 'flannel':
        made.addYaml(file, flannelValues(lab, variant))
        break
    }
  }
}

/** The operator's Installation, and Calico's own resources, for each variant of Calico. */
export function exportCalico(made: LabExport, lab: Lab, variants: readonly Variant[]): void {
  for (const variant of variants) {
    if (variant.cni !== 'calico') made.warn('in-other-file', placeOf(lab, variant), 'Its plugin is not Calico; the files for helm have its values.')
    else made.addYaml(`${variantFile(lab, variant)}.yaml`, ...calicoObjects(made, lab, variant))
  }
}

/** The place of a variant in a lab. */
export function placeOf(lab: Lab, variant: Variant): (string | number)[] {
  return ['spec', 'variants', lab.variants.indexOf(variant)]
}

function calicoValues(made: LabExport, lab: Lab, variant: CalicoVariant): object {
  const felix = plainSettings(variant.settings.felixConfiguration, USUAL.calico.felixConfiguration)
  const { bgpConfiguration, bgpPeers, bgpFilters, felixConfigurations } = plainSettings(variant.settings, USUAL.calico)
  for (const [key, given] of Object.entries({ bgpConfiguration, bgpPeers: listOf(bgpPeers), bgpFilters: listOf(bgpFilters), felixConfigurations })) {
    const isThere = given !== undefined && !(Array.isArray(given) && given.length === 0)
    if (isThere) made.warn('in-other-file', [...placeOf(lab, variant), 'settings', key], 'The chart has no values for it; the files for calico have it.')
  }
  const values = { installation: installationSpec(lab, variant) }
  return Object.keys(felix).length === 0 ? values : { ...values, defaultFelixConfiguration: { enabled: true, ...felix } }
}

function calicoObjects(made: LabExport, lab: Lab, variant: CalicoVariant): object[] {
  const { felixConfiguration, bgpConfiguration, bgpPeers, bgpFilters, felixConfigurations, nodes } = variant.settings
  const at = [...placeOf(lab, variant), 'settings']
  nodes.forEach(({ name }, index) => {
    made.warn('not-exported', [...at, 'nodes', index], `calico-node finds the address of ${name} itself; nodeAddressAutodetectionV4 of the Installation says how.`)
  })
  lab.nodes.forEach(({ name, asn }, index) => {
    const patch = `calicoctl patch node ${name} --patch '{"spec": {"bgp": {"asNumber": ${asn}}}}'`
    if (asn !== undefined) made.warn('not-exported', ['spec', 'nodes', index, 'asn'], `A Node of Calico's cannot be made before the node is there: ${patch}`)
  })
  return [
    { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', metadata: { name: 'default' }, spec: installationSpec(lab, variant) },
    ...resource('FelixConfiguration', 'default', plainSettings(felixConfiguration, USUAL.calico.felixConfiguration)),
    ...felixConfigurations.flatMap(({ name, ...fields }) => resource('FelixConfiguration', name, plainSettings(fields, {}))),
    ...resource('BGPConfiguration', 'default', plainSettings(bgpConfiguration, USUAL.calico.bgpConfiguration)),
    ...bgpFilters.flatMap(({ name, ...rules }) => resource('BGPFilter', name, plainSettings(rules, { importV4: [], exportV4: [] }))),
    ...bgpPeers.flatMap((peer, index) => resource('BGPPeer', `peer-${index + 1}`, plainSettings(peer, { ...USUAL.calico.bgpPeers[0]!, peerIP: undefined }))),
  ]
}

/** A resource of Calico's; none where it would say nothing. */
function resource(kind: string, name: string, spec: PlainFields): object[] {
  return Object.keys(spec).length === 0 ? [] : [{ apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }]
}

/** The spec of an Installation (tigera/operator, api/v1/installation_types.go). */
function installationSpec(lab: Lab, { settings }: CalicoVariant): object {
  const { ipPool, ipPools, felixConfiguration } = settings
  const { bpfEnabled, nftablesMode } = felixConfiguration
  const bpf = { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled', kubeProxyManagement: 'Enabled' }
  const pool = {
    name: 'default-ipv4-ippool',
    cidr: formatIpv4Prefix(ipPool.cidr ?? lab.cluster.podCIDR),
    encapsulation: ipPool.ipipMode === 'Never' ? ENCAPSULATIONS.vxlan[ipPool.vxlanMode] : ENCAPSULATIONS.ipip[ipPool.ipipMode],
    natOutgoing: ipPool.natOutgoing ? 'Enabled' : 'Disabled',
    blockSize: ipPool.blockSize,
    nodeSelector: ipPool.nodeSelector,
  }
  const further = ipPools.map(({ name, cidr, disabled, assignmentMode, allowedUses }) => ({
    name,
    cidr: formatIpv4Prefix(cidr),
    ...(disabled ? { disableNewAllocations: true } : {}),
    assignmentMode,
    ...(allowedUses === undefined ? {} : { allowedUses }),
  }))
  return {
    calicoNetwork: {
      ...(bpfEnabled ? bpf : nftablesMode === 'Enabled' ? { linuxDataplane: 'Nftables' } : {}),
      ipPools: [pool, ...further],
    },
  }
}

function ciliumValues(made: LabExport, lab: Lab, variant: CiliumVariant): object {
  const { kubeProxy: _, ipam: given, ...settings } = plainSettings(variant.settings, USUAL.cilium)
  const { encryption, kubeProxyReplacement } = variant.settings
  const at = [...placeOf(lab, variant), 'settings']
  if (encryption.enabled && encryption.type === 'ipsec') {
    made.warn('approximated', [...at, 'encryption'], 'The chart takes the keys from the Secret cilium-ipsec-keys, which you make.')
  }
  const operator = { clusterPoolIPv4PodCIDRList: [formatIpv4Prefix(lab.cluster.podCIDR)], clusterPoolIPv4MaskSize: NODE_PREFIX_LENGTH }
  return {
    // Without kube-proxy the agent needs another way to the API server than its service.
    ...(kubeProxyReplacement ? { k8sServiceHost: 'auto' } : {}),
    ...settings,
    ipam: { ...(given as PlainFields | undefined), operator },
  }
}

/** What a node gets of the pod range unless told otherwise (Cilium's chart, clusterPoolIPv4MaskSize). */
const NODE_PREFIX_LENGTH = 24

function flannelValues(lab: Lab, { settings }: FlannelVariant): object {
  const { Type, VNI, Port, DirectRouting, MTU } = settings.Backend
  const usual = USUAL.flannel.Backend
  const delegate = { hairpinMode: settings.delegate.hairpinMode, isDefaultGateway: true }
  const plugins = [{ type: 'flannel', delegate }, { type: 'portmap', capabilities: { portMappings: true } }]
  return {
    podCidr: formatIpv4Prefix(lab.cluster.podCIDR),
    flannel: {
      backend: Type,
      ...(VNI === usual.VNI ? {} : { vni: VNI }),
      ...(Port === usual.Port ? {} : { backendPort: Port }),
      ...(DirectRouting ? { directRouting: true } : {}),
      ...(MTU === undefined ? {} : { mtu: MTU }),
      ...(delegate.hairpinMode ? {} : { cniConf: `${JSON.stringify({ name: 'cbr0', cniVersion: '0.3.1', plugins }, null, 2)}\n` }),
    },
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
