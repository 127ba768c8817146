import type { ExportTarget } from '#shared/contract/cluster-export'

/** What people are told about a target. */
export interface TargetFacts {
  readonly target: ExportTarget
  readonly title: string
  readonly about: string
  /** The command that takes the files. */
  readonly command: string
}

/** The targets, in the order in which somebody would use them for one cluster. */
export const TARGETS: readonly TargetFacts[] = [
  { target: 'kind', title: 'kind', about: 'Nodes, labels, taints and address ranges of a cluster on one machine', command: 'kind create cluster --config FILE' },
  { target: 'containerlab', title: 'containerlab', about: 'The fabric as containers with FRRouting, around the nodes of kind', command: 'containerlab deploy --topo FILE' },
  { target: 'helm', title: 'Helm', about: 'Values for the charts of Cilium, Calico and Flannel', command: 'helm install NAME CHART --values FILE' },
  { target: 'calico', title: 'Calico manifests', about: 'Installation, Felix, BGP and pools, as Calico’s own resources', command: 'kubectl create -f FILE' },
  { target: 'manifests', title: 'Plain manifests', about: 'Workloads, services and policies; traffic as Jobs', command: 'kubectl apply -f FOLDER' },
]
