import type { Ipv4Prefix } from '#shared/units/index'

import { ipv4PrefixSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { manifestSchema, type Manifest } from './manifest'
import { namespaceSchema, type Namespace } from './namespace'
import { nodeLifecycleSchemas, type NodeLifecycle } from './node-lifecycle'
import { workloadSchema, type Workload } from './workload'

/** What runs on the nodes. */
export interface Cluster extends NodeLifecycle {
  readonly podCIDR: Ipv4Prefix
  readonly serviceCIDR: Ipv4Prefix
  /** Always holds `default`, as every cluster does. */
  readonly namespaces: readonly Namespace[]
  readonly workloads: readonly Workload[]
  readonly manifests: readonly Manifest[]
}

/** The namespace that every cluster has. */
export const DEFAULT_NAMESPACE = 'default'

/** Where addresses of pods come from unless the lab says so: what kubeadm's guides and Flannel's manifest use. */
export const DEFAULT_POD_CIDR = '10.244.0.0/16'

/**
 * The schema of the cluster.
 * - serviceCIDR 10.96.0.0/16: the first part of kubeadm's 10.96.0.0/12, which leaves 10.97 and up to switches' subnets.
 */
export const clusterSchema = z
  .strictObject({
    podCIDR: ipv4PrefixSchema.prefault(DEFAULT_POD_CIDR),
    serviceCIDR: ipv4PrefixSchema.prefault('10.96.0.0/16'),
    namespaces: z.array(namespaceSchema).default([]),
    workloads: z.array(workloadSchema).default([]),
    manifests: z.array(manifestSchema).default([]),
    ...nodeLifecycleSchemas,
  })
  .transform((cluster): Cluster => {
    const given = cluster.namespaces.some((namespace) => namespace.name === DEFAULT_NAMESPACE)
    return given
      ? cluster
      : { ...cluster, namespaces: [...cluster.namespaces, { name: DEFAULT_NAMESPACE, labels: {} }] }
  })
