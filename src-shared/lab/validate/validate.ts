import type { PathSet } from '../document-path'
import type { Finding } from '../problem'
import { checkAddresses } from './addresses'
import { checkConnections } from './connections'
import { collect, type Check, type Content } from './content'
import { checkFaults, checkManifests } from './manifests'
import { checkDuplicates, knownNames } from './names'
import { checkPods } from './pods'
import { checkReferences } from './references'
import { checkVariants } from './settings'
import { checkTiming } from './timing'
import { checkTraffic } from './traffic'

const checks: readonly Check[] = [
  checkTiming,
  checkAddresses,
  checkPods,
  checkConnections,
  checkVariants,
  checkTraffic,
  checkManifests,
  checkFaults,
]

/** Checks what a schema cannot: whether a lab makes sense. Findings have the lab's paths. */
export function validateLab(content: Content): Finding[] {
  const { findings, report } = collect()
  for (const check of checks) check(content, report)
  return findings
}

/** Checks the names in a document's content, faulty as it may be elsewhere: at `faulty` places. */
export function validateNames(source: unknown, faulty: PathSet): Finding[] {
  const { findings, report } = collect()
  checkDuplicates(source, report)
  checkReferences(source, knownNames(source), faulty, report)
  return findings
}
