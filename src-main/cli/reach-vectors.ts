import type { Decision } from '#main/simulation/policy/policy-set'
import { runVectors, type CaseAnswer, type VectorAnswers } from '#main/simulation/policy/vectors/run-vectors'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { readVectorFile } from './read-vector-file'
import { toJson, type Terminal } from './terminal'
import { left, textTable } from './text-table'

/** `cni-lab reach --vectors FILE`: the verdicts about the probes of a file of policy vectors, and what decided. */
export async function reachVectors(file: string, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const answers = runVectors(await readVectorFile(file))
  if ('error' in answers) throw new CliError('vectors.invalid', `${file} is no file of policy vectors: ${answers.error}`)
  terminal.out(json ? toJson({ schema: 'cnilab/reach/v1', ...answers }) : answersText(answers))
  return EXIT.done
}

/** What decided, in a few words. */
export function decisionText(by: Decision): string {
  return 'default' in by ? by.default : `${by.object}, ${by.rule}`
}

function answersText({ suite, cases }: VectorAnswers): string {
  return `${suite}: ${cases.length} cases\n${cases.map(caseText).join('')}`
}

function caseText({ name, probes, match, valid, canonical, errors }: CaseAnswer): string {
  if (probes === undefined) {
    const answer = match === undefined ? (valid === true ? 'valid' : 'not valid') : match ? 'matches' : 'does not match'
    return `${name}: ${answer}${canonical === undefined ? '' : `, ${canonical}`}${(errors ?? []).map((text) => `\n  ${text}`).join('')}\n`
  }
  const rows = probes.map(({ from, to, port, protocol, verdict, decidedBy }) => [
    from,
    to,
    `${protocol}${port === undefined ? '' : ` ${port}`}`,
    verdict,
    decisionText(decidedBy.egress),
    decisionText(decidedBy.ingress),
  ])
  const columns = ['from', 'to', 'port', 'verdict', 'egress decided by', 'ingress decided by']
  return `\n${name}\n${textTable(columns.map(left), rows)}`
}
