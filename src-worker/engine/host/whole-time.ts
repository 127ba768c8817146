/** Work of cores: its exact length goes into the accounts, simulated time passes in whole ns, and fractions are carried on. */

import type { Accounts } from '#worker/metrics/accounts'

export class WholeTime {
  private readonly accounts: Accounts
  /** What each core's work has taken beyond the whole ns that have passed, ns. */
  private readonly fraction: Float64Array

  constructor(cores: number, accounts: Accounts) {
    this.accounts = accounts
    this.fraction = new Float64Array(cores)
  }

  /** A core begins work of `exact` ns. Returns the whole ns until it is done. */
  spend(core: number, exact: number, nowNs: number): number {
    const total = exact + this.fraction[core]
    const whole = Math.floor(total)
    this.fraction[core] = total - whole
    this.accounts.core(core, exact, nowNs)
    return whole
  }
}
