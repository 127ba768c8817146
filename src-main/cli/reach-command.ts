import { CliError, type ExitCode } from './cli-error'
import { reachImpactCommand } from './reach-impact'
import { reachLab, type ReachLabOptions } from './reach-lab'
import { reachVectors } from './reach-vectors'
import type { Terminal } from './terminal'

/** What `cni-lab reach` is given. */
export interface ReachOptions extends Pick<ReachLabOptions, 'variant' | 'port' | 'protocol'> {
  readonly vectors?: string
  /** Whether what enforcing the lab's staged policies would change is asked. */
  readonly staged?: boolean
  /** A lab file that is compared. */
  readonly draft?: string
  readonly json?: boolean
}

/** `cni-lab reach LAB` or `reach --vectors FILE`: policy verdicts, and what decided them, or what a proposal would change. */
export async function reachCommand(lab: string | undefined, options: ReachOptions, terminal: Terminal): Promise<ExitCode> {
  const { vectors, staged = false, draft, json = false } = options
  if ((lab === undefined) === (vectors === undefined)) {
    throw new CliError('reach.one-input', 'Give either a lab or a file of vectors with --vectors.')
  }
  if (staged || draft !== undefined) return reachImpactCommand(lab!, { ...options, json }, terminal)
  return vectors === undefined ? reachLab(lab!, { ...options, json }, terminal) : reachVectors(vectors, json, terminal)
}
