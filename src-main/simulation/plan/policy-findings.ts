import { isEmpty } from '#shared/lookup/policy/index'
import { parsePath, type Finding, type Lab } from '#shared/lab/index'

import { refusalFindings } from '../objects/index'
import { findOverlaps, manifestObjects, objectTitle, type Decision, type Overlap } from '../policy/index'
import { placeOf } from './enforced-policies'
import type { VariantReach } from './reach'

/** A variant by its name, and what it makes of the policies. */
export interface NamedReach {
  readonly variant: string
  readonly reach: VariantReach
}

/** Rules that a message names; more are counted. */
const MOST_NAMED = 2

/** The group of policies whose selectors are checked where labs are read (`src-shared/lab/validate`). */
const CHECKED_ELSEWHERE = 'networking.k8s.io/'

/**
 * What in a lab's policies is not as the API server takes it, selects nobody, or never matters; each with the variants in
 * which that is so, where it is not so in all that read policies.
 */
export function policyFindings(lab: Lab, variants: readonly NamedReach[]): Finding[] {
  const found = new Map<string, ObjectFinding & { readonly holding: string[] }>()
  for (const { variant, reach } of variants.filter((one) => one.reach.dialect !== undefined)) {
    for (const objectFinding of findingsOf(lab, reach)) {
      const key = JSON.stringify(objectFinding.finding)
      const known = found.get(key) ?? { ...objectFinding, holding: [] }
      known.holding.push(variant)
      found.set(key, known)
    }
  }
  return Array.from(found.values(), ({ object, finding, holding }) => {
    const readers = variants.filter(({ reach }) => reach.dialect !== undefined && reach.unused.every((unused) => unused.object !== object))
    return holding.length === readers.length ? finding : { ...finding, message: finding.message.replace(/\.$/u, ` (${holding.join(', ')}).`) }
  })
}

/** A finding, and the object that it is about. */
interface ObjectFinding {
  readonly object: string
  readonly finding: Finding
}

function findingsOf(lab: Lab, reach: VariantReach): ObjectFinding[] {
  const checked = new Set(manifestObjects(lab).filter(({ apiVersion }) => apiVersion.startsWith(CHECKED_ELSEWHERE)).map(objectTitle))
  const aimless = Array.from(reach.compiled.selected).filter(([object, subjects]) => isEmpty(subjects) && !checked.has(object))
  const manifests: readonly unknown[] = lab.cluster.manifests
  const invalid = new Set(reach.refused.map(({ object }) => object))
  return [
    ...reach.refused.flatMap(({ object, given, errors }) =>
      refusalFindings(given, manifests.indexOf(given), errors).map((finding): ObjectFinding => ({ object, finding }))),
    ...aimless.map(([object]): ObjectFinding => ({
      object,
      finding: { code: 'selects-nothing', path: [...placeOf(lab, object), 'spec'], message: `${object} selects nothing in this lab.` },
    })),
    ...findOverlaps(reach.compiled).filter(({ object }) => !invalid.has(object)).map((overlap) => ({ object: overlap.object, finding: overlapFinding(lab, overlap) })),
  ]
}

function overlapFinding(lab: Lab, overlap: Overlap): Finding {
  const { kind, object, rule } = overlap
  const path = [...placeOf(lab, object), ...parsePath(rule)]
  if (kind === 'shadowed') {
    return {
      code: 'shadowed-rule', path, message: `${object}, ${rule} never decides: ${namesOf(overlap)} before it.`,
      fix: 'Remove the rule, or order the policies so that it comes first.',
    }
  }
  return {
    code: 'redundant-rule', path, message: `${object}, ${rule} makes no difference: without it, ${namesOf(overlap)} the same.`,
    fix: 'Remove the rule, or the one that covers it.',
  }
}

/** `NetworkPolicy shop/open, spec.ingress[0] and 2 more decide`. */
function namesOf({ because }: Overlap): string {
  const names = because.slice(0, MOST_NAMED).map(decisionText)
  const more = because.length - names.length
  const list = more > 0 ? `${names.join(', ')} and ${more} more` : names.join(' and ')
  return `${list} ${because.length === 1 ? 'decides' : 'decide'}`
}

function decisionText(by: Decision): string {
  return 'default' in by ? `the default (${by.default})` : `${by.object}, ${by.rule}`
}
