import type { Lab, Manifest } from '#shared/lab/index'

import { enactStaged, type StagedChange } from './calico/staged'
import { manifestObjects } from '../kubernetes/object'

/** A lab in which every staged policy is enforced, and what that changes. */
export function labWithStaged(lab: Lab): { readonly lab: Lab; readonly changes: readonly StagedChange[] } {
  const objects: readonly unknown[] = manifestObjects(lab)
  const enacted = enactStaged(manifestObjects(lab))
  const others = lab.cluster.manifests.filter((manifest) => !objects.includes(manifest))
  return { lab: { ...lab, cluster: { ...lab.cluster, manifests: [...others, ...(enacted.objects as readonly Manifest[])] } }, changes: enacted.changes }
}
