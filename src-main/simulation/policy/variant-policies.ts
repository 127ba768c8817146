import type { CiliumSettings, Lab, Variant } from '#shared/lab/index'

import { identifiedPods, podsWithoutIdentity } from './cilium/index'
import { compilePolicies, type CompiledPolicies } from './compile-policies'
import { compileDialect, isPolicyObject, readPolicies, type Dialect, type RefusedObject, type UnusedObject } from './dialects'
import { labCluster, type LabPlaces } from './lab-cluster'
import { manifestObjects, objectTitle } from '../kubernetes/object'

/** A lab's policies as a variant's plugin enforces them. */
export interface VariantPolicies {
  /** Who reads them; undefined where nobody does. */
  readonly dialect: Dialect | undefined
  readonly compiled: CompiledPolicies
  /** Objects that the API server would refuse. */
  readonly refused: readonly RefusedObject[]
  /** Objects that change nothing in this variant, with the reason. */
  readonly unused: readonly UnusedObject[]
}

/** Why a plugin enforces nothing. */
const UNENFORCED: Partial<Record<Variant['cni'], string>> = {
  none: "pods are in their nodes' network, where no policy applies",
  flannel: 'Flannel enforces no policies',
}

/** Compiles a lab's policies for a variant. */
export function variantPolicies(lab: Lab, variant: Variant, places: LabPlaces): VariantPolicies {
  const cluster = labCluster(lab, variant.cni === 'cilium' ? asIdentified(places, variant.settings) : places)
  const objects = manifestObjects(lab)
  const reason = UNENFORCED[variant.cni]
  if (reason !== undefined) {
    const nothing = { before: [], tiers: [], unselectedBy: { default: reason } }
    const compiled = { ...compilePolicies(cluster, { ingress: nothing, egress: nothing }), unenforced: { default: reason } }
    const unused = objects.filter(isPolicyObject).map((object) => ({ object: objectTitle(object), reason }))
    return { dialect: undefined, compiled, refused: [], unused }
  }
  const dialect: Dialect = variant.cni === 'cilium' ? 'cilium' : 'calico'
  const read = readPolicies(objects, dialect)
  const { refused, unused } = read
  if (variant.cni !== 'cilium') return { dialect, compiled: compileDialect(cluster, read, dialect), refused, unused }
  const { policyEnforcementMode, bpf, endpointLockdownOnMapOverflow: locksDown } = variant.settings
  return { dialect, compiled: compileDialect(cluster, read, dialect, policyEnforcementMode, { capacity: bpf.policyMapMax, locksDown }), refused, unused }
}

/** Pods as Cilium's agents know them: with the labels of their identities, or without any. */
function asIdentified(places: LabPlaces, settings: CiliumSettings): LabPlaces {
  const { pods } = places
  return { ...places, pods: identifiedPods(pods, settings), withoutIdentity: podsWithoutIdentity(pods, settings) }
}
