import type { ComparisonFacts, VariantFacts } from '#shared/contract/comparison'
import type { WorkDone } from '#shared/contract/question-progress'
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

/**
 * What the variants of a lab are built of; of those named, all where absent. `onProgress` hears how far finding out is.
 * Requires: a valid lab.
 */
export function comparisonFacts(lab: Lab, names?: readonly string[], onProgress: (done: WorkDone) => void = () => undefined): ComparisonFacts {
  const { pods } = placePods(lab)
  const chosen = chosenEnds(lab)
  return {
    nodes: lab.nodes.length,
    pods: pods.length,
    services: labServices(lab, pods).length,
    policies: manifestObjects(lab).filter(isPolicyObject).length,
    variants: oneByOne(lab, names, onProgress).flatMap(({ variant, onShare }) => variantFacts(lab, variant, chosen, onShare)),
  }
}

/** A variant, and what is told how far the work on it is. */
interface WatchedVariant {
  readonly variant: Variant
  readonly onShare: (share: number) => void
}

/** The variants of these names, in their order; the share of one is part of the share of all. */
function oneByOne({ nodes, variants }: Lab, names: readonly string[] | undefined, onProgress: (done: WorkDone) => void): WatchedVariant[] {
  const chosen = variants.filter(({ name }) => names === undefined || names.includes(name))
  const works = chosen.map(({ cni }) => workOf(cni, nodes.length))
  const whole = works.reduce((sum, work) => sum + work, 0)
  return chosen.map((variant, index) => {
    const before = works.slice(0, index).reduce((sum, work) => sum + work, 0)
    return { variant, onShare: (share) => onProgress({ share: (before + share * works[index]!) / whole, step: variant.name }) }
  })
}

/** Work on a variant, in no unit: that on its nodes, and on the sessions of Calico's mesh, several of which cost as much as a node. */
function workOf(cni: Variant['cni'], nodes: number): number {
  return nodes + (cni === 'calico' ? nodes ** 2 / 4 : 0)
}

/** None of a variant that can't be set up. */
function variantFacts(lab: Lab, variant: Variant, chosen: readonly ChosenEnds[], onShare: (share: number) => void): VariantFacts[] {
  onShare(0)
  const opened = openTrace(lab, variant.name)
  if (!('plan' in opened) || 'problems' in opened.reach) return []
  return [
    {
      variant: variant.name,
      cni: variant.cni,
      isDefault: isDefault(variant),
      ways: waysOf(opened, chosen),
      controlPlane: controlPlaneFacts(lab, variant, { seed: SEED, onProgress: onShare }),
      policies: policyFacts(opened.reach),
      sizes: scaleControlPlane(lab, variant, { sizes: NODES, podsPerNode: PODS_PER_NODE, seed: SEED }),
      serviceSizes: scaleServices(lab, variant, SERVICES),
    },
  ]
}

function isDefault({ cni, settings }: Variant): boolean {
  return JSON.stringify(settings) === JSON.stringify(SETTINGS_SCHEMAS[cni].parse({}))
}
