import { isManifestFile, type CiliumSettings, type Finding, type Lab, type Variant } from '#shared/lab/index'

import { refusalFindings } from '../objects/index'
import { isPolicyObject, objectTitle, podsWithoutIdentity, variantPolicies, type CompiledPolicies, type LabPlaces } from '../policy/index'

/** A lab's policies as a variant enforces them in a run. */
interface EnforcedPolicies {
  /** Undefined where nothing is enforced, so that nobody asks. */
  readonly compiled: CompiledPolicies | undefined
  /** Objects that the API server refuses, and those that change nothing in the variant. */
  readonly findings: readonly Finding[]
}

/** Compiles a lab's policies for a variant; without any, nothing is looked up. */
export function enforcedPolicies(lab: Lab, variant: Variant, places: LabPlaces): EnforcedPolicies {
  const always = variant.cni === 'cilium' && enforcesWithoutPolicies(variant.settings, places)
  const hasPolicies = lab.cluster.manifests.some((manifest) => !isManifestFile(manifest) && isPolicyObject(manifest))
  if (!always && !hasPolicies) return { compiled: undefined, findings: [] }
  const { compiled, dialect, refused, unused } = variantPolicies(lab, variant, places)
  const manifests: readonly unknown[] = lab.cluster.manifests
  const findings = [
    ...refused.flatMap(({ given, errors }) => refusalFindings(given, manifests.indexOf(given), errors)),
    ...unused.map(({ object, reason }): Finding => ({
      code: 'unused-object',
      path: placeOf(lab, object),
      message: `Variant ${variant.name} does not use ${object}: ${reason}.`,
    })),
  ]
  return { compiled: dialect === undefined ? undefined : compiled, findings }
}

/** Whether pods are isolated that no policy selects: all of them, or those without an identity. */
function enforcesWithoutPolicies(settings: CiliumSettings, { pods }: LabPlaces): boolean {
  const { policyEnforcementMode: mode } = settings
  return mode === 'always' || (mode === 'default' && podsWithoutIdentity(pods, settings).size > 0)
}

/** Where a lab gives an object of a title. */
export function placeOf(lab: Lab, title: string): Finding['path'] {
  const index = lab.cluster.manifests.findIndex((manifest) => !isManifestFile(manifest) && objectTitle(manifest) === title)
  return ['spec', 'cluster', 'manifests', index]
}
