import { formatIpv4Prefix, ipv4PrefixSize } from '#shared/units/index'

import { countPods, placeWorkloads } from '../placement'
import type { Report } from '../problem'
import type { Check, Content } from './content'

/** Most pods that a kubelet runs unless told otherwise (KubeletConfiguration maxPods). */
const POD_LIMIT = 110

/** There are addresses and nodes for all pods. */
export const checkPods: Check = (content, report) => {
  const { lab, isWhole } = content
  const size = ipv4PrefixSize(lab.cluster.podCIDR)
  let pods = 0
  lab.cluster.workloads.forEach(({ name, replicas }, index) => {
    const fitted = pods <= size
    pods += replicas
    if (!fitted || pods <= size || !isWhole(['spec', 'cluster', 'podCIDR'])) return
    const message = `With workload ${name} there are ${pods} pods; the pod CIDR ${formatIpv4Prefix(lab.cluster.podCIDR)} has ${size} addresses.`
    report(
      'too-many-replicas',
      ['spec', 'cluster', 'workloads', index, 'replicas'],
      message,
      'Use fewer replicas, or a shorter pod CIDR.',
    )
  })
  if (isWhole(['spec', 'nodes'])) checkNodes(content, report)
}

function checkNodes({ lab }: Content, report: Report): void {
  const podsOfNode = lab.nodes.map(() => 0)
  const placements = placeWorkloads(lab)
  lab.cluster.workloads.forEach((workload, index) => {
    const placement = placements[index]!
    // Nodes that are named but not there are reported as such.
    if (placement.nodes.length === 0 && workload.nodes.length === 0 && workload.replicas > 0) {
      const reason = lab.nodes.length === 0 ? 'there is none' : 'all have taints'
      report(
        'no-node-for-pods',
        ['spec', 'cluster', 'workloads', index],
        `No node can take the pods of workload ${workload.name}: ${reason}.`,
      )
    }
    for (const [node, count] of countPods(placement, workload)) podsOfNode[node]! += count
  })
  lab.nodes.forEach(({ name, podBlocks }, index) => {
    const pods = podsOfNode[index]!
    const path = ['spec', 'nodes', index]
    if (pods > POD_LIMIT) {
      report(
        'node-pod-limit',
        path,
        `Node ${name} has ${pods} pods; a kubelet runs at most ${POD_LIMIT} unless configured otherwise.`,
      )
    }
    const addresses = podBlocks.reduce((sum, block) => sum + ipv4PrefixSize(block), 0)
    if (podBlocks.length > 0 && pods > addresses) {
      report(
        'node-block-limit',
        [...path, 'podBlocks'],
        `Node ${name} has ${pods} pods; its blocks hold ${addresses} addresses.`,
      )
    }
  })
}
