import type { Variant } from '#shared/lab/index'

import { CALICO_MODEL } from './calico/index'
import { CILIUM_MODEL } from './cilium/index'
import type { ClusterView, CniResult } from './common/index'
import { FLANNEL_MODEL } from './flannel/index'
import { HOST_MODEL } from './host/index'

/** Sets up a variant's plugin. A new plugin is a folder beside the others and a case here. */
export function connectVariant(variant: Variant, cluster: ClusterView): CniResult {
  switch (variant.cni) {
    case 'none':
      return HOST_MODEL.connect(cluster, variant.settings)
    case 'calico':
      return CALICO_MODEL.connect(cluster, variant.settings)
    case 'cilium':
      return CILIUM_MODEL.connect(cluster, variant.settings)
    case 'flannel':
      return FLANNEL_MODEL.connect(cluster, variant.settings)
  }
}
