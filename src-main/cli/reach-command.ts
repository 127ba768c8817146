import { CliError, type ExitCode } from './cli-error'
import { reachVectors } from './reach-vectors'
import type { Terminal } from './terminal'

/** What `cni-lab reach` is given. */
export interface ReachOptions {
  readonly vectors?: string
  readonly json?: boolean
}

/** `cni-lab reach`: policy verdicts, and what decided them. */
export async function reachCommand(options: ReachOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.vectors === undefined) throw new CliError('reach.nothing', 'Give a file of vectors with --vectors.')
  return reachVectors(options.vectors, options.json ?? false, terminal)
}
