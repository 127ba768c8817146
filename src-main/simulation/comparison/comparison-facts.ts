import type { ComparisonFacts, VariantFacts } from '#shared/contract/comparison'
import { SETTINGS_SCHEMAS, type Lab, type Variant } from '#shared/lab/index'

import { scaleControlPlane, scaleServices } from '../agents/index'
import { placePods } from '../kubernetes/index'
import { isPolicyObject, manifestObjects } from '../policy/index'
import { labServices } from '../services/index'
import { openTrace } from '../trace/index'
import { chosenEnds, type ChosenEnds } from './chosen-ends'
import { controlPlaneFacts } from './control-plane-facts'
import { policyFacts } from './policy-facts'
import { waysOf } from './way-facts'

/** Timers are jittered; the record is that of the timeline that runs have. */
const SEED = 1
/** Sizes that designs are compared at: numbers of nodes with so many pods each, and of services in a cluster of a hundred nodes. */
const NODES = [10, 100, 1000]
const PODS_PER_NODE = 20
const SERVICES = { counts: [10, 100, 1000], endpointsPerService: 2, nodes: 100, podsPerNode: PODS_PER_NODE }

/** What the variants of a lab are built of; of those named, all where absent. Requires: a valid lab. */
export function comparisonFacts(lab: Lab, names?: readonly string[]): ComparisonFacts {
  const { pods } = placePods(lab)
  const chosen = chosenEnds(lab)
  return {
    nodes: lab.nodes.length,
    pods: pods.length,
    services: labServices(lab, pods).length,
    policies: manifestObjects(lab).filter(isPolicyObject).length,
    variants: lab.variants.flatMap((variant) => (names === undefined || names.includes(variant.name) ? variantFacts(lab, variant, chosen) : [])),
  }
}

/** None of a variant that can't be set up. */
function variantFacts(lab: Lab, variant: Variant, chosen: readonly ChosenEnds[]): VariantFacts[] {
  const opened = openTrace(lab, variant.name)
  if (!('plan' in opened) || 'problems' in opened.reach) return []
  return [
    {
      variant: variant.name,
      cni: variant.cni,
      isDefault: isDefault(variant),
      ways: waysOf(opened, chosen),
      controlPlane: controlPlaneFacts(lab, variant, SEED),
      policies: policyFacts(opened.reach),
      sizes: scaleControlPlane(lab, variant, { sizes: NODES, podsPerNode: PODS_PER_NODE, seed: SEED }),
      serviceSizes: scaleServices(lab, variant, SERVICES),
    },
  ]
}

function isDefault({ cni, settings }: Variant): boolean {
  return JSON.stringify(settings) === JSON.stringify(SETTINGS_SCHEMAS[cni].parse({}))
}
