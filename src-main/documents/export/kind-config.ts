import { dump } from 'js-yaml'

import { HOSTNAME_LABEL, toLabelName, type Lab, type Labels, type Node, type Variant } from '#shared/lab/index'
import { formatIpv4Prefix } from '#shared/units/index'

import type { LabExport } from './lab-export'
import { variantFile } from './label-names'

/** The label of nodes with a control plane, which kind gives them itself. */
const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane'
/** Labels below kubernetes.io that a kubelet may give its own node (kubernetes, pkg/kubelet/apis/well_known_labels.go). */
const KUBELET_LABELS = [
  HOSTNAME_LABEL, 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch',
  'node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region',
]
const KUBELET_PREFIXES = /^(?:[\w-]+\.)*(?:kubelet|node)\.kubernetes\.io\//u
const KUBERNETES_PREFIXES = /^(?:[\w-]+\.)*(?:kubernetes|k8s)\.io\//u

/** A node of a kind cluster. */
export interface KindNode {
  /** The name that kind gives its container and its Node. */
  readonly container: string
  readonly role: 'control-plane' | 'worker'
  /** The lab's; undefined for a control plane that the lab has none of. */
  readonly node: Node | undefined
}

/** kind's name of the cluster of a lab. */
export function clusterName(lab: Lab): string {
  return toLabelName(lab.name)
}

/**
 * The nodes of a kind cluster for a lab. A cluster has a control plane: the lab's nodes with the label of one, or its only
 * node; else one more. kind numbers the nodes of a role from the second on.
 */
export function kindNodes(lab: Lab): KindNode[] {
  const labelled = lab.nodes.filter(({ labels }) => CONTROL_PLANE_LABEL in labels)
  const controls: readonly (Node | undefined)[] = labelled.length > 0 ? labelled : lab.nodes.length === 1 ? lab.nodes : [undefined]
  const workers = lab.nodes.filter((node) => !controls.includes(node))
  const named = (role: KindNode['role']) => (node: Node | undefined, index: number): KindNode => ({
    container: `${clusterName(lab)}-${role}${index === 0 ? '' : index + 1}`, role, node,
  })
  return [...controls.map(named('control-plane')), ...workers.map(named('worker'))]
}

/** Configurations of kind, one for each variant (kind.x-k8s.io/v1alpha4). */
export function exportKind(made: LabExport, lab: Lab, variants: readonly Variant[]): void {
  const nodes = kindNodes(lab).map((each, index) => kindNode(made, lab, each, index === 0))
  for (const variant of variants) {
    made.addYaml(kindFile(lab, variant), {
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      name: clusterName(lab),
      networking: {
        podSubnet: formatIpv4Prefix(lab.cluster.podCIDR),
        serviceSubnet: formatIpv4Prefix(lab.cluster.serviceCIDR),
        // kind's own plugin is none of those that a lab compares; pods in the host network do not notice it.
        disableDefaultCNI: variant.cni !== 'none',
        kubeProxyMode: hasNoKubeProxy(variant) ? 'none' : variant.settings.kubeProxy.mode,
      },
      nodes,
    })
  }
  lab.nodes.forEach(({ address, asn, podBlocks }, index) => {
    const given = { address, asn, podBlocks: podBlocks.length > 0 ? podBlocks : undefined }
    for (const [key, value] of Object.entries(given)) {
      if (value !== undefined) made.warn('not-exported', ['spec', 'nodes', index, key], 'kind has no place for it.')
    }
  })
}

/** The name of the file of a variant. */
export function kindFile(lab: Lab, variant: Variant): string {
  return `kind-${variantFile(lab, variant)}.yaml`
}

/** Whether a plugin does kube-proxy's work from the beginning; Calico's operator takes kube-proxy away later. */
function hasNoKubeProxy(variant: Variant): boolean {
  return variant.cni === 'cilium' && variant.settings.kubeProxyReplacement
}

function kindNode(made: LabExport, lab: Lab, { role, node }: KindNode, isFirst: boolean): object {
  if (node === undefined) return { role }
  // The first node starts a cluster, the others join it. A control plane has its own taint unless something is said.
  const kind = isFirst ? 'InitConfiguration' : 'JoinConfiguration'
  const isSaid = node.taints.length > 0 || role === 'control-plane'
  const patches = isSaid ? { kubeadmConfigPatches: [dump({ kind, nodeRegistration: { taints: node.taints } })] } : {}
  return { role, labels: { [HOSTNAME_LABEL]: node.name, ...kubeletLabels(made, lab, node, role) }, ...patches }
}

/** The labels that a kubelet may give its node. */
function kubeletLabels(made: LabExport, lab: Lab, node: Node, role: KindNode['role']): Labels {
  const allowed = Object.entries(node.labels).filter(([key, value]) => {
    if (!KUBERNETES_PREFIXES.test(key) || KUBELET_LABELS.includes(key) || KUBELET_PREFIXES.test(key)) return true
    const how = `kubectl label node -l ${HOSTNAME_LABEL}=${node.name} ${key}=${value}`
    if (key === CONTROL_PLANE_LABEL && role === 'control-plane') return false
    made.warn('not-exported', ['spec', 'nodes', lab.nodes.indexOf(node), 'labels', key], `A kubelet may not give its node this label: ${how}`)
    return false
  })
  return Object.fromEntries(allowed)
}
