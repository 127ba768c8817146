import { impactInLab } from '#main/pool/reach-task'
import type { ReachChange, ReachImpact, ReachOutcome, ReachProposal } from '#shared/contract/reach'

import { CliError, EXIT, type ExitCode } from './cli-error'
import type { ReachLabOptions } from './reach-lab'
import { decisionText } from './reach-vectors'
import { chosenVariants, readCheckedLab } from './read-lab'
import { toJson, type Terminal } from './terminal'
import { left, textTable } from './text-table'

/** What `cni-lab reach LAB --staged` or `--draft FILE` is given. */
export interface ReachImpactOptions extends ReachLabOptions {
  /** Another lab with the same pods; the lab's staged policies where absent. */
  readonly draft?: string
}

/** `cni-lab reach LAB --staged|--draft FILE`: what a proposal would change about who may talk to whom, and which rule would decide. */
export async function reachImpactCommand(file: string, options: ReachImpactOptions, terminal: Terminal): Promise<ExitCode> {
  const { lab, text, files } = await readCheckedLab(file, terminal)
  const proposal: ReachProposal =
    options.draft === undefined ? { kind: 'staged' } : { kind: 'draft', text: (await readCheckedLab(options.draft, terminal)).text }
  const { protocol, port } = options
  const impacts = chosenVariants(lab, options.variant).map(({ name }) => {
    const outcome = impactInLab({ text, files, variant: name, by: 'workload', protocol, proposal, ...(port === undefined ? {} : { port }) })
    if (!outcome.ok) throw new CliError(outcome.refusal.code, outcome.refusal.message)
    return outcome.value
  })
  const answer = { schema: 'cnilab/impact/v1', lab: lab.name, proposal: proposal.kind, variants: impacts.map(plainImpact) }
  terminal.out(options.json ? toJson(answer) : impacts.map((impact) => impactText(impact, proposal)).join('\n'))
  return EXIT.done
}

/** An impact with of each example what decides, without the way there. */
function plainImpact({ variant, staged, traffic, pairs, pairCount }: ReachImpact) {
  const change = ({ becomes, pairs: count, before, after }: ReachChange) => ({ becomes, pairs: count, before: plainOutcome(before), after: plainOutcome(after) })
  return {
    name: variant,
    staged,
    traffic: traffic.map(({ name, connections, ...rest }) => ({ name, connections, ...change(rest) })),
    pairs: pairs.map(({ from, to, ...rest }) => ({ from, to, ...change(rest) })),
    pairCount,
  }
}

function plainOutcome({ from, to, protocol, port, verdict, egress, ingress }: ReachOutcome) {
  return { from, to, protocol, ...(port === undefined ? {} : { port }), verdict, decidedBy: { egress: egress.by, ingress: ingress.by } }
}

function impactText({ variant, staged, traffic, pairs, pairCount }: ReachImpact, proposal: ReachProposal): string {
  const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
    textTable(headings.map(left), rows)
  const would = staged.map(({ staged: from, object, change }) => `  ${from}: ${object} would be ${change}\n`)
  const nothing = proposal.kind === 'staged' && staged.length === 0 ? '  nothing is staged that this variant reads\n' : ''
  const ofTraffic = traffic.map((entry) => [entry.name, entry.becomes, `${entry.pairs} of ${entry.connections}`, ...decidedBy(entry)])
  const ofPairs = pairs.map((pair) => [pair.from, pair.to, pair.becomes, String(pair.pairs), ...decidedBy(pair)])
  return [
    `${variant}\n`, ...would, nothing,
    ofTraffic.length === 0 ? '  no traffic would be decided otherwise\n' : `\n${table(['traffic', 'would be', 'connections', 'decided now by', 'would be decided by'], ofTraffic)}`,
    ofPairs.length === 0 ? '' : `\n${table(['from', 'to', 'would be', 'pairs of pods', 'decided now by', 'would be decided by'], ofPairs)}`,
    pairs.length < pairCount ? `  of ${pairCount} pairs of workloads the first are listed\n` : '',
  ].join('')
}

/** What decides now, and what would. */
function decidedBy({ before, after }: ReachChange): readonly string[] {
  return [before, after].map(({ egress, ingress }) => {
    const isEgress = egress.verdict === 'deny'
    return `${isEgress ? 'egress' : 'ingress'}: ${decisionText(isEgress ? egress.by : ingress.by)}`
  })
}
