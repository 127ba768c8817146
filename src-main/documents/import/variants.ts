import { groupOf } from '#main/simulation/kubernetes/object'
import { isObject } from '#main/simulation/kubernetes/field-reader'

import { fieldOf, textOf, type ClusterImport } from './cluster-import'

/** A variant as a lab file has it. */
export interface ImportedVariant {
  readonly name: string
  readonly cni: 'none' | 'calico' | 'cilium' | 'flannel'
  readonly settings?: Record<string, unknown>
}

/** Kinds of Calico whose specs are settings of the variant. */
export const SETTINGS_KINDS = ['IPPool', 'FelixConfiguration', 'BGPConfiguration', 'BGPPeer']

/** Helm values that keys of the ConfigMap `cilium-config` stand for. */
const CILIUM_KEYS: Readonly<Record<string, readonly [path: readonly string[], kind: 'text' | 'switch' | 'number']>> = {
  'routing-mode': [['routingMode'], 'text'],
  'tunnel-protocol': [['tunnelProtocol'], 'text'],
  'tunnel-port': [['tunnelPort'], 'number'],
  'ipv4-native-routing-cidr': [['ipv4NativeRoutingCIDR'], 'text'],
  'auto-direct-node-routes': [['autoDirectNodeRoutes'], 'switch'],
  'kube-proxy-replacement': [['kubeProxyReplacement'], 'switch'],
  'enable-bpf-masquerade': [['bpf', 'masquerade'], 'switch'],
  'enable-host-legacy-routing': [['bpf', 'hostLegacyRouting'], 'switch'],
  'datapath-mode': [['bpf', 'datapathMode'], 'text'],
  'enable-policy': [['policyEnforcementMode'], 'text'],
  'enable-ipv4-big-tcp': [['enableIPv4BIGTCP'], 'switch'],
  mtu: [['MTU'], 'number'],
}

/** The plugins that a cluster's objects tell of; the three that enforce or carry anything where they tell of none. */
export function importVariants(cluster: ClusterImport): ImportedVariant[] {
  const found = [calico(cluster), cilium(cluster), flannel(cluster)].filter((variant) => variant !== undefined)
  if (found.length === 0) {
    cluster.leaveOut('the network plugin', 'no object tells which one it is; the lab compares the usual ones')
    found.push({ name: 'calico', cni: 'calico' }, { name: 'cilium', cni: 'cilium' })
  }
  return [{ name: 'host', cni: 'none' }, ...found]
}

function calico(cluster: ClusterImport): ImportedVariant | undefined {
  const groups = cluster.kinds.flatMap((kind) => cluster.ofKind(kind).slice(0, 1).map(groupOf))
  const isThere = groups.some((group) => group.endsWith('projectcalico.org')) || hasDaemon(cluster, 'calico-node')
  if (!isThere) return undefined
  const specs = (kind: string): Record<string, unknown>[] =>
    cluster.ofKind(kind).flatMap((object) => (isObject(object['spec']) ? [{ ...object['spec'] }] : []))
  const pools = specs('IPPool').filter((pool) => pool['disabled'] !== true && !String(pool['cidr']).includes(':'))
  for (const pool of pools.slice(1)) cluster.leaveOut(`IPPool ${String(pool['cidr'])}`, 'a variant has one pool')
  // The pool is the lab's pod range.
  if (pools[0] !== undefined) delete pools[0]['cidr']
  const peers = specs('BGPPeer')
  const settings = {
    ...(pools[0] === undefined ? {} : { ipPool: pools[0] }),
    ...(specs('FelixConfiguration')[0] === undefined ? {} : { felixConfiguration: specs('FelixConfiguration')[0] }),
    ...(specs('BGPConfiguration')[0] === undefined ? {} : { bgpConfiguration: specs('BGPConfiguration')[0] }),
    ...(peers.length === 0 ? {} : { bgpPeers: peers }),
  }
  return { name: 'calico', cni: 'calico', settings }
}

function cilium(cluster: ClusterImport): ImportedVariant | undefined {
  const config = configMap(cluster, 'cilium-config')
  const isThere =
    config !== undefined || hasDaemon(cluster, 'cilium') || cluster.kinds.some((kind) => kind.startsWith('Cilium'))
  if (!isThere) return undefined
  const settings: Record<string, unknown> = {}
  for (const [key, [path, kind]] of Object.entries(CILIUM_KEYS)) {
    const text = textOf(config, key)
    if (text === undefined || text === '') continue
    const value = kind === 'switch' ? text === 'true' || text === 'strict' : kind === 'number' ? Number(text) : text
    put(settings, path, value)
  }
  if (textOf(config, 'enable-wireguard') === 'true') settings['encryption'] = { enabled: true, type: 'wireguard' }
  if (textOf(config, 'enable-ipsec') === 'true') settings['encryption'] = { enabled: true, type: 'ipsec' }
  return { name: 'cilium', cni: 'cilium', settings }
}

function flannel(cluster: ClusterImport): ImportedVariant | undefined {
  const config = configMap(cluster, 'kube-flannel-cfg')
  if (config === undefined && !hasDaemon(cluster, 'kube-flannel-ds')) return undefined
  const settings: Record<string, unknown> = {}
  try {
    const backend = fieldOf(JSON.parse(textOf(config, 'net-conf.json') ?? '{}'), 'Backend')
    if (isObject(backend)) settings['Backend'] = { ...backend }
  } catch {
    cluster.leaveOut('ConfigMap kube-flannel-cfg', 'its net-conf.json is not JSON')
  }
  return { name: 'flannel', cni: 'flannel', settings }
}

function configMap(cluster: ClusterImport, name: string): unknown {
  const found = cluster.ofKind('ConfigMap').find(({ metadata }) => metadata.name === name)
  return found === undefined ? undefined : fieldOf(found, 'data')
}

function hasDaemon(cluster: ClusterImport, name: string): boolean {
  return cluster.ofKind('DaemonSet').some(({ metadata }) => metadata.name === name)
}

function put(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) settings[first] = value
  else {
    const inner = { ...(settings[first] as Record<string, unknown> | undefined) }
    put(inner, rest, value)
    settings[first] = inner
  }
}
