import { objectErrors } from '#main/simulation/objects/index'
import { policyFindings } from '#main/simulation/plan/index'
import { isPolicyObject, manifestObjects } from '#main/simulation/policy/index'
import type { Problem } from '#shared/lab/index'

import { placeInText } from './ask-lab'
import { answer, readLab, readVariant } from './known-labs'
import type { LabText } from './lab-answer'

/** The task of finding what in a lab's objects is not valid, and what of its policies never matters. Nothing is found in labs with errors. */
export function checkPoliciesInLab(asked: LabText): readonly Problem[] {
  const found = answer(() => {
    const lab = readLab(asked)
    if (!manifestObjects(lab).some(isPolicyObject)) return objectErrors(lab)
    return [...objectErrors(lab), ...policyFindings(lab, lab.variants.map(({ name }) => ({ variant: name, reach: readVariant(asked, name) })))]
  })
  return found.ok ? placeInText(asked, found.value) : []
}
