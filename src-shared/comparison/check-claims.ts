import type { Claim, ClaimVerdict } from './claims/claim'
import { CONTROL_CLAIMS } from './claims/control-claims'
import { COST_CLAIMS } from './claims/cost-claims'
import { DATAPATH_CLAIMS } from './claims/datapath-claims'
import { ENCAPSULATION_CLAIMS } from './claims/encapsulation-claims'
import type { Compared } from './compared'

/** A claim that was checked. */
export interface CheckedClaim extends Pick<Claim, 'id' | 'claim' | 'turns'> {
  readonly verdict: ClaimVerdict
  /** Sentences with figures of this run and this lab; where it shows nothing, what to add. */
  readonly evidence: readonly string[]
}

/** Verdicts in words. */
export const VERDICT_TEXTS: Readonly<Record<ClaimVerdict, string>> = {
  holds: 'Holds here',
  fails: 'Does not hold',
  depends: 'Depends',
  'not-shown': 'Not shown by this run',
}

const CLAIMS: readonly Claim[] = [...ENCAPSULATION_CLAIMS, ...COST_CLAIMS, ...CONTROL_CLAIMS, ...DATAPATH_CLAIMS]

/** Checks common claims against a run: those that it shows something about first. */
export function checkClaims(compared: Compared): CheckedClaim[] {
  const checked = CLAIMS.map(({ id, claim, check, turns, toShow }): CheckedClaim => {
    const finding = check(compared)
    return finding === null ? { id, claim, turns, verdict: 'not-shown', evidence: [toShow] } : { id, claim, turns, ...finding }
  })
  const isShown = ({ verdict }: CheckedClaim): boolean => verdict !== 'not-shown'
  return [...checked.filter(isShown), ...checked.filter((claim) => !isShown(claim))]
}
