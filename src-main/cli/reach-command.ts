import { CliError, type ExitCode } from './cli-error'
import { reachLab, type ReachLabOptions } from './reach-lab'
import { reachVectors } from './reach-vectors'
import type { Terminal } from './terminal'

/** What `cni-lab reach` is given. */
export interface ReachOptions extends Pick<ReachLabOptions, 'variant' | 'port' | 'protocol'> {
  readonly vectors?: string
  readonly json?: boolean
}

/** `cni-lab reach LAB` or `reach --vectors FILE`: policy verdicts, and what decided them. */
export async function reachCommand(lab: string | undefined, options: ReachOptions, terminal: Terminal): Promise<ExitCode> {
  const { vectors, json = false } = options
  if ((lab === undefined) === (vectors === undefined)) {
    throw new CliError('reach.one-input', 'Give either a lab or a file of vectors with --vectors.')
  }
  return vectors === undefined ? reachLab(lab!, { ...options, json }, terminal) : reachVectors(vectors, json, terminal)
}
