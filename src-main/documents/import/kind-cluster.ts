import { isObject } from '#main/simulation/kubernetes/field-reader'
import { HOSTNAME_LABEL, readManifestText, type Labels } from '#shared/lab/index'

import { fieldOf, listOf, textOf, type ClusterImport } from './cluster-import'
import type { Values } from './sources'

/** A cluster as kind's configuration has it. */
export interface KindCluster {
  readonly nodes: readonly KindClusterNode[]
  readonly podCIDR?: string
  readonly serviceCIDR?: string
  readonly kubeProxyMode?: string
}

/** A node of such a cluster. */
export interface KindClusterNode {
  /** By its label, where it has one, else its container's. */
  readonly name: string
  /** How a topology calls it. */
  readonly container: string
  readonly labels: Labels
  readonly taints: readonly object[]
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'
/** kind's name of a cluster that is given none. */
const USUAL_NAME = 'kind'

/** The first cluster that kind is to make; undefined where there is none. */
export function importKindCluster(configs: readonly Values[], cluster: ClusterImport): KindCluster | undefined {
  const [config, ...others] = configs
  if (config === undefined) return undefined
  if (others.length > 0) cluster.leaveOut(`${others.length} more configurations of kind`, 'a lab has one cluster')
  const given = listOf(config, 'nodes')
  const nodes = nodesOf(textOf(config, 'name') ?? USUAL_NAME, given.length > 0 ? given : [{ role: 'control-plane' }])
  const areNamed = nodes.some(({ isNamed }) => isNamed)
  const [podCIDR, serviceCIDR, kubeProxyMode] = ['podSubnet', 'serviceSubnet', 'kubeProxyMode'].map((key) => textOf(config, 'networking', key))
  return {
    nodes: nodes.filter(({ container, isNamed }) => {
      if (areNamed && !isNamed) cluster.leaveOut(`node ${container}`, 'it is there for the control plane only')
      return isNamed || !areNamed
    }),
    ...(podCIDR === undefined ? {} : { podCIDR }),
    ...(serviceCIDR === undefined ? {} : { serviceCIDR }),
    ...(kubeProxyMode === undefined ? {} : { kubeProxyMode }),
  }
}

function nodesOf(cluster: string, given: readonly unknown[]): (KindClusterNode & { readonly isNamed: boolean })[] {
  const counts = new Map<string, number>()
  return given.map((node) => {
    const role = textOf(node, 'role') ?? 'control-plane'
    const count = (counts.get(role) ?? 0) + 1
    counts.set(role, count)
    const container = `${cluster}-${role}${count === 1 ? '' : count}`
    const labels = fieldOf(node, 'labels')
    const { [HOSTNAME_LABEL]: hostname, ...others } = isObject(labels) ? (labels as Record<string, string>) : {}
    const isControl = role === 'control-plane'
    const usual = isControl && given.length > 1 ? [{ key: CONTROL_PLANE, effect: 'NoSchedule' }] : []
    return {
      name: hostname ?? container,
      container,
      labels: { ...others, ...(isControl ? { [CONTROL_PLANE]: '' } : {}) },
      taints: taintsOf(node) ?? usual,
      isNamed: hostname !== undefined,
    }
  })
}

/** The taints that patches of kubeadm's configuration give a node; undefined where they say nothing of taints. */
function taintsOf(node: unknown): readonly object[] | undefined {
  const patches = listOf(node, 'kubeadmConfigPatches').flatMap((text) => {
    const read = readManifestText(String(text))
    return 'error' in read ? [] : read.objects
  })
  const taints = patches.map((patch) => fieldOf(patch, 'nodeRegistration', 'taints')).find(Array.isArray) as readonly unknown[] | undefined
  return taints?.filter(isObject)
}
