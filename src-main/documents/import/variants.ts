import { groupOf } from '#main/simulation/kubernetes/object'
import { isObject } from '#main/simulation/kubernetes/field-reader'

import { fieldOf, listOf, textOf, type ClusterImport } from './cluster-import'
import { installationSettings } from './installation'
import type { KindCluster } from './kind-cluster'
import type { SortedSources, Values } from './sources'

/** A variant as a lab file has it. */
export interface ImportedVariant {
  readonly name: string
  readonly cni: 'none' | 'calico' | 'cilium' | 'flannel'
  readonly settings?: Record<string, unknown>
}

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

/** The plugins that a cluster's objects and charts' values tell of; the usual ones where they tell of none. */
export function importVariants(cluster: ClusterImport, values: SortedSources['values'], kind?: KindCluster): ImportedVariant[] {
  const found = [calico(cluster, values.calico), cilium(cluster, values.cilium), flannel(cluster, values.flannel)]
  const variants = found.filter((variant) => variant !== undefined)
  if (variants.length === 0) {
    cluster.leaveOut('the network plugin', 'nothing tells which one it is; the lab compares the usual ones')
    variants.push({ name: 'calico', cni: 'calico' }, { name: 'cilium', cni: 'cilium' })
  }
  const mode = kind?.kubeProxyMode
  const all: ImportedVariant[] = [{ name: 'host', cni: 'none' }, ...variants]
  // Without a kube-proxy, its mode is nobody's.
  if (mode === undefined || mode === 'none') return all
  return all.map((variant) => ({ ...variant, settings: { ...variant.settings, kubeProxy: { mode } } }))
}

/**
 * Calico as its operator was told to install it. IPPools, FelixConfigurations and BGP's objects stay among the lab's
 * manifests, which give the variant settings; where there are such, what the operator was told to begin with is past.
 */
function calico(cluster: ClusterImport, values: readonly Values[]): ImportedVariant | undefined {
  const groups = cluster.kinds.flatMap((kind) => cluster.ofKind(kind).slice(0, 1).map(groupOf))
  const isThere = groups.some((group) => group.endsWith('projectcalico.org')) || hasDaemon(cluster, 'calico-node')
  const installations = installationsOf(cluster, values)
  if (!isThere && installations.length === 0 && values.length === 0) return undefined
  const { ipPool, felixConfiguration } = installations.map((spec) => installationSettings(spec, cluster))[0] ?? {}
  const felix = values.map((value) => fieldOf(value, 'defaultFelixConfiguration')).find(isObject)
  const { enabled: _, ...ofChart } = felix ?? {}
  const settings = {
    ...(ipPool === undefined || cluster.ofKind('IPPool').length > 0 ? {} : { ipPool }),
    ...(cluster.ofKind('FelixConfiguration').length > 0 ? {} : { felixConfiguration: { ...felixConfiguration, ...ofChart } }),
  }
  return { name: 'calico', cni: 'calico', settings: withoutEmpty(settings) }
}

/** The specs of Installations: of objects, else of a chart's values. */
export function installationsOf(cluster: ClusterImport, values: readonly Values[]): unknown[] {
  const objects = cluster.ofKind('Installation').map((object) => fieldOf(object, 'spec'))
  const given = values.map((value) => fieldOf(value, 'installation')).filter(isObject)
  return [...objects, ...given]
}

function withoutEmpty(settings: Readonly<Record<string, object>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, group]) => Object.keys(group).length > 0))
}

/** Cilium as its ConfigMap has it; a chart's values win. */
function cilium(cluster: ClusterImport, values: readonly Values[]): ImportedVariant | undefined {
  const config = configMap(cluster, 'cilium-config')
  const isThere =
    config !== undefined || values.length > 0 || hasDaemon(cluster, 'cilium') || cluster.kinds.some((kind) => kind.startsWith('Cilium'))
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
  return { name: 'cilium', cni: 'cilium', settings: Object.assign(settings, ...values) as Record<string, unknown> }
}

function flannel(cluster: ClusterImport, values: readonly Values[]): ImportedVariant | undefined {
  const config = configMap(cluster, 'kube-flannel-cfg')
  if (config === undefined && values.length === 0 && !hasDaemon(cluster, 'kube-flannel-ds')) return undefined
  const settings: Record<string, unknown> = {}
  const [chart] = values.map((value) => fieldOf(value, 'flannel'))
  if (chart !== undefined) {
    const backend = {
      Type: textOf(chart, 'backend'), VNI: fieldOf(chart, 'vni'), Port: fieldOf(chart, 'backendPort'), MTU: fieldOf(chart, 'mtu'),
      DirectRouting: fieldOf(chart, 'directRouting'),
    }
    settings['Backend'] = Object.fromEntries(Object.entries(backend).filter(([, value]) => value !== undefined && value !== 0))
  }
  const backend = fieldOf(jsonOf(cluster, config, 'net-conf.json'), 'Backend')
  if (isObject(backend)) settings['Backend'] = { ...backend }
  const modes = listOf(jsonOf(cluster, config ?? { 'cni-conf.json': textOf(chart, 'cniConf') }, 'cni-conf.json'), 'plugins').map((plugin) => fieldOf(plugin, 'delegate', 'hairpinMode'))
  const hairpinMode = modes.find((mode) => mode !== undefined)
  if (hairpinMode !== undefined) settings['delegate'] = { hairpinMode }
  return { name: 'flannel', cni: 'flannel', settings }
}

/** A file of Flannel's ConfigMap. */
function jsonOf(cluster: ClusterImport, config: unknown, name: string): unknown {
  try {
    return JSON.parse(textOf(config, name) ?? '{}')
  } catch {
    cluster.leaveOut('ConfigMap kube-flannel-cfg', `its ${name} is not JSON`)
    return undefined
  }
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
