import { isObject } from '#main/simulation/kubernetes/field-reader'
import { isApiObject, type ApiObject } from '#main/simulation/kubernetes/object'
import { SETTINGS_SCHEMAS } from '#shared/lab/index'

import type { ClusterImport } from './cluster-import'

/** A file, or standard input, and the values in it. */
export interface ImportSource {
  readonly name: string
  readonly values: readonly unknown[]
}

/** A mapping of a file that holds no object. */
export type Values = Readonly<Record<string, unknown>>

/** What was given, by what it is. */
export interface SortedSources {
  readonly objects: readonly ApiObject[]
  /** Containerlab topologies. */
  readonly topologies: readonly Values[]
  /** Configurations of kind. */
  readonly kindConfigs: readonly Values[]
  /** Values of Helm charts, by the plugin whose chart they are for. */
  readonly values: Readonly<Record<'cilium' | 'calico' | 'flannel', readonly Values[]>>
}

/** Top-level keys of the values of tigera-operator's chart (projectcalico/calico, charts/tigera-operator/values.yaml). */
const CALICO_KEYS = [
  'installation', 'apiServer', 'goldmane', 'whisker', 'tigeraOperator', 'calicoctl', 'kubeletVolumePluginPath', 'defaultFelixConfiguration',
  'certs', 'imagePullSecrets', 'resources', 'tolerations', 'nodeSelector', 'affinity', 'priorityClassName', 'podAnnotations', 'podLabels',
  'manageCRDs', 'additionalLabels', 'dnsPolicy', 'installCRDs',
]
/** And those that no other chart has. */
const CALICO_ONLY = ['installation', 'tigeraOperator', 'calicoctl', 'defaultFelixConfiguration']
/** Keys of the values of Flannel's chart (flannel-io/flannel, chart/kube-flannel/values.yaml). */
const FLANNEL_KEYS = ['global', 'podCidr', 'podCidrv6', 'flannel', 'netpol']

/** Sorts what was given; what is neither an object, a topology nor a chart's values is left out. */
export function sortSources(sources: readonly ImportSource[], cluster: ClusterImport): SortedSources {
  const objects: ApiObject[] = []
  const topologies: Values[] = []
  const kindConfigs: Values[] = []
  const values = { cilium: [] as Values[], calico: [] as Values[], flannel: [] as Values[] }
  for (const { name, values: given } of sources) {
    let strange = 0
    for (const value of given) {
      const chart = isObject(value) ? chartOf(value) : undefined
      if (isApiObject(value)) objects.push(value)
      else if (isObject(value) && isTopology(value)) topologies.push(value)
      else if (isObject(value) && isKindConfig(value)) kindConfigs.push(value)
      else if (isObject(value) && chart !== undefined) values[chart].push(value)
      else strange++
    }
    if (strange > 0) {
      const what = strange === 1 ? 'an entry' : `${strange} entries`
      cluster.leaveOut(`${what} of ${name}`, 'no object (apiVersion, kind, metadata.name), no containerlab topology, no configuration of kind, no values of a known chart')
    }
  }
  return { objects, topologies, kindConfigs, values }
}

function isTopology(value: Values): boolean {
  return isObject(value['topology']) && isObject(value['topology']['nodes'])
}

/** Whether a value is a configuration of kind, whose objects have no metadata. */
function isKindConfig(value: Values): boolean {
  return value['kind'] === 'Cluster' && String(value['apiVersion']).startsWith('kind.x-k8s.io/')
}

function chartOf(value: Values): keyof SortedSources['values'] | undefined {
  const keys = Object.keys(value)
  if (keys.length === 0 || 'kind' in value || 'apiVersion' in value) return undefined
  if (keys.some((key) => CALICO_ONLY.includes(key)) && keys.every((key) => CALICO_KEYS.includes(key))) return 'calico'
  if (isObject(value['flannel']) && keys.every((key) => FLANNEL_KEYS.includes(key))) return 'flannel'
  // Values of another chart may share a key or two.
  const known = keys.filter((key) => Object.hasOwn(SETTINGS_SCHEMAS.cilium.shape, key))
  return known.length * 2 > keys.length ? 'cilium' : undefined
}
