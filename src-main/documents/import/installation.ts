import { isObject } from '#main/simulation/kubernetes/field-reader'

import { fieldOf, listOf, textOf, type ClusterImport } from './cluster-import'

type Settings = Record<string, Record<string, unknown>>

/** Encapsulations of a pool as the operator's Installation has them (operator.tigera.io/v1, EncapsulationType). */
const ENCAPSULATIONS: Readonly<Record<string, readonly [ipipMode: string, vxlanMode: string]>> = {
  IPIP: ['Always', 'Never'],
  IPIPCrossSubnet: ['CrossSubnet', 'Never'],
  VXLAN: ['Never', 'Always'],
  VXLANCrossSubnet: ['Never', 'CrossSubnet'],
  None: ['Never', 'Never'],
}
/** What Felix is told about each data plane. */
const DATA_PLANES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Iptables: {},
  BPF: { bpfEnabled: true },
  Nftables: { nftablesMode: 'Enabled' },
}
/** Fields of the network that are used, or change nothing that a lab has. */
const USED = ['bgp', 'ipPools', 'linuxDataplane', 'nodeAddressAutodetectionV4', 'hostPorts', 'containerIPForwarding', 'bpfNetworkBootstrap', 'kubeProxyManagement']

/** The range of the first IPv4 pool of an Installation. */
export function installationCidr(spec: unknown): string | undefined {
  return textOf(firstPool(spec), 'cidr')
}

/** The settings of Calico that an Installation's spec comes to (tigera/operator, api/v1/installation_types.go). */
export function installationSettings(spec: unknown, cluster: ClusterImport): Settings {
  const network = fieldOf(spec, 'calicoNetwork')
  const pool = firstPool(spec)
  const [others] = [listOf(network, 'ipPools').filter((other) => other !== pool).length]
  if (others > 0) cluster.leaveOut(`Installation: ${others} more pools`, 'a variant has one pool, of IPv4')
  const plane = textOf(network, 'linuxDataplane') ?? 'Iptables'
  const felix = DATA_PLANES[plane]
  if (felix === undefined) cluster.leaveOut(`Installation: linuxDataplane ${plane}`, 'it is not modelled')
  for (const key of isObject(network) ? Object.keys(network) : []) {
    if (!USED.includes(key)) cluster.leaveOut(`Installation: calicoNetwork.${key}`, 'it is not modelled')
  }
  return {
    ...(pool === undefined ? {} : { ipPool: poolSettings(pool, textOf(network, 'bgp') === 'Disabled', cluster) }),
    ...(felix === undefined || Object.keys(felix).length === 0 ? {} : { felixConfiguration: { ...felix } }),
  }
}

function poolSettings(pool: unknown, isWithoutBgp: boolean, cluster: ClusterImport): Record<string, unknown> {
  // Without BGP nobody else brings routes around (fillDefaults of the operator).
  const encapsulation = textOf(pool, 'encapsulation') ?? (isWithoutBgp ? 'VXLAN' : 'IPIP')
  const [ipipMode, vxlanMode] = ENCAPSULATIONS[encapsulation] ?? []
  if (ipipMode === undefined) cluster.leaveOut(`Installation: encapsulation ${encapsulation}`, 'Calico knows no such encapsulation')
  const blockSize = fieldOf(pool, 'blockSize')
  const selector = textOf(pool, 'nodeSelector')
  return {
    ...(ipipMode === undefined ? {} : { ipipMode, vxlanMode }),
    natOutgoing: textOf(pool, 'natOutgoing') !== 'Disabled',
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(selector === undefined || selector === 'all()' ? {} : { nodeSelector: selector }),
  }
}

function firstPool(spec: unknown): unknown {
  return listOf(spec, 'calicoNetwork', 'ipPools').find((pool) => !(textOf(pool, 'cidr') ?? '').includes(':'))
}
