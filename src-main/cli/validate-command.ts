import { readManifestFiles } from '#main/documents/manifest-files'
import { planLab } from '#main/pool/plan-lab'
import { checkPoliciesInLab } from '#main/pool/policy-check-task'
import { hasErrors, type Problem } from '#shared/lab/index'

import { EXIT, type ExitCode } from './cli-error'
import { type Terminal, toJson } from './terminal'
import { countProblems, problemLines } from './problem-text'
import { readLabFile } from './read-lab-file'

/** What `cni-lab validate` is given. */
export interface ValidateOptions {
  readonly json?: boolean
}

/** `cnilab/problems/v1`: what is wrong or doubtful in one lab file. */
interface FileProblems {
  readonly schema: 'cnilab/problems/v1'
  readonly file: string
  readonly problems: readonly Problem[]
}

/**
 * `cni-lab validate FILE…`: the problems of each file. As JSON, one file is its `cnilab/problems/v1` object and several
 * are an array of them, in the order given. Any error in any file ends with `refused`.
 */
export async function validateCommand(files: readonly string[], options: ValidateOptions, terminal: Terminal): Promise<ExitCode> {
  const results: FileProblems[] = []
  // One after another: a lab takes up to 16 MiB, and there may be thousands.
  for (const file of files) results.push({ schema: 'cnilab/problems/v1', file, problems: await problemsOf(file) })

  if (options.json) terminal.out(toJson(results.length === 1 ? results[0] : results))
  for (const { file, problems } of results) {
    if (!options.json) terminal.out(`${problemLines(file, problems)}${file}: ${countProblems(problems)}\n`)
    if (hasErrors(problems)) terminal.error(`cni-lab: ${file}: ${countProblems(problems)}\n`)
  }
  return results.some(({ problems }) => hasErrors(problems)) ? EXIT.refused : EXIT.done
}

async function problemsOf(file: string): Promise<readonly Problem[]> {
  const read = await readLabFile(file)
  if ('problem' in read) return [read.problem]
  const { text } = read
  const files = await readManifestFiles(file, text)
  const { problems } = planLab(text, { files })
  const known = new Set(problems.map(({ code, path, message }) => `${code} ${path} ${message}`))
  const ofPolicies = checkPoliciesInLab({ text, files }).filter(({ code, path, message }) => !known.has(`${code} ${path} ${message}`))
  return [...problems, ...ofPolicies].toSorted((a, b) => a.line - b.line)
}
