import { askedPort, variantReach, type VariantReach } from '#main/simulation/plan/index'
import { reachMatrix, verdictOf, type Decision, type ReachMatrix, type Verdict } from '#main/simulation/policy/index'
import type { Variant } from '#shared/lab/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { decisionText } from './reach-vectors'
import { chosenVariants, readLab } from './read-lab'
import { toJson, type Terminal } from './terminal'
import { left, textTable } from './text-table'

/** What `cni-lab reach LAB` is given. */
export interface ReachLabOptions {
  readonly variant?: readonly string[]
  /** Port that every pod is asked at; its own first of the protocol where absent. */
  readonly port?: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly json: boolean
}

/** One variant's verdicts (part of `cnilab/reach/v1`). */
interface VariantVerdicts {
  readonly name: string
  readonly dialect: string
  /** Objects that change nothing in this variant, with the reason. */
  readonly unused: readonly { readonly object: string; readonly reason: string }[]
  readonly traffic: readonly { readonly name: string; readonly probes: readonly ProbeVerdict[] }[]
  /** Pods in groups that policy treats alike. */
  readonly groups: readonly (readonly string[])[]
  /** Per group that connects, a character for each group that is connected to: `a` allow, `d` deny. */
  readonly matrix: readonly string[]
  /** What decisions stand for. */
  readonly decisions: readonly Decision[]
  /** Per group that connects and group that is connected to: the decisions at its egress and the other's ingress. */
  readonly decidedBy: readonly (readonly (readonly [number, number])[])[]
}

interface ProbeVerdict {
  readonly from: string
  readonly to: string
  /** Absent for ICMP. */
  readonly port?: number
  readonly protocol: string
  readonly verdict: 'allow' | 'deny'
  readonly decidedBy: { readonly egress: Decision; readonly ingress: Decision }
}

/** `cni-lab reach LAB`: who may talk to whom in each variant, and which rule decides. */
export async function reachLab(file: string, options: ReachLabOptions, terminal: Terminal): Promise<ExitCode> {
  const lab = await readLab(file, terminal)
  const variants = chosenVariants(lab, options.variant)
  const answers = variants.map((variant) => {
    const reach = variantReach(lab, variant)
    if ('problems' in reach) {
      throw new CliError('reach.variant', `Variant ${variant.name} can't be set up: ${reach.problems.map(({ message }) => message).join(' ')}`)
    }
    for (const { object, reasons } of reach.refused) {
      terminal.error(`cni-lab: ${variant.name}: ${object} is not valid: ${reasons.join('; ')} [invalid-object]\n`)
    }
    return verdictsOf(variant, reach, options)
  })
  terminal.out(options.json ? toJson({ schema: 'cnilab/reach/v1', lab: lab.name, variants: answers }) : answers.map(variantText).join('\n'))
  return EXIT.done
}

function verdictsOf(variant: Variant, reach: VariantReach, { protocol, port }: ReachLabOptions): VariantVerdicts {
  const { compiled, pods } = reach
  const { endpoints } = compiled.cluster
  const portOf = askedPort(reach, protocol, port)
  const matrix = reachMatrix(compiled, pods.map((_, index) => index), protocol, portOf)
  const traffic = reach.traffic.map(({ name, flows }) => ({
    name,
    probes: flows.map((flow): ProbeVerdict => {
      const verdict = verdictOf(compiled, flow)
      const names = { from: endpoints[flow.from]!.reference, to: endpoints[flow.to]!.reference }
      const asked = { ...(flow.port === undefined ? {} : { port: flow.port }), protocol: String(flow.protocol) }
      return { ...names, ...asked, verdict: verdict.verdict, decidedBy: decidedBy(verdict) }
    }),
  }))
  return {
    name: variant.name,
    dialect: reach.dialect ?? 'none',
    unused: reach.unused,
    traffic,
    groups: matrix.groups.map((group) => group.map((end) => endpoints[end]!.reference)),
    matrix: matrix.groups.map((_, from) => matrix.groups.map((__, to) => (matrix.allowed(from, to) ? 'a' : 'd')).join('')),
    ...decisionsOf(matrix, (from, to) => verdictOf(compiled, { from, to, protocol, port: portOf(to) })),
  }
}

/** What decided between each two groups; each decision is written once. */
function decisionsOf(
  { groups }: ReachMatrix,
  verdict: (from: number, to: number) => Verdict,
): Pick<VariantVerdicts, 'decisions' | 'decidedBy'> {
  const decisions: Decision[] = []
  const numbers = new Map<Decision, number>()
  const numberOf = (by: Decision): number => {
    const known = numbers.get(by)
    if (known !== undefined) return known
    numbers.set(by, decisions.length)
    return decisions.push(by) - 1
  }
  const by = groups.map((from) =>
    groups.map((to) => {
      const { egress, ingress } = verdict(from[0]!, to[0]!)
      return [numberOf(egress.by), numberOf(ingress.by)] as const
    }),
  )
  return { decisions, decidedBy: by }
}

function decidedBy({ egress, ingress }: Verdict): ProbeVerdict['decidedBy'] {
  return { egress: egress.by, ingress: ingress.by }
}

function variantText({ name, dialect, unused, traffic, groups, matrix }: VariantVerdicts): string {
  const columns = (headings: readonly string[]) => headings.map(left)
  const rows = traffic.flatMap((entry) =>
    entry.probes.map(({ from, to, port, protocol, verdict, decidedBy: by }) => [
      entry.name, from, to, port === undefined ? protocol : `${protocol} ${port}`, verdict, decisionText(by.egress), decisionText(by.ingress),
    ]),
  )
  const labels = groups.map((group) => (group.length === 1 ? group[0]! : `${group[0]!} and ${group.length - 1} more`))
  const grid = labels.map((label, row) => [String(row + 1), label, ...Array.from(matrix[row]!, (cell) => (cell === 'a' ? '+' : '.'))])
  return [
    `${name} (policies read by ${dialect === 'none' ? 'nobody' : dialect})\n`,
    ...unused.map(({ object, reason }) => `  ${object} is not used: ${reason}\n`),
    rows.length === 0 ? '' : `\n${textTable(columns(['traffic', 'from', 'to', 'port', 'verdict', 'egress decided by', 'ingress decided by']), rows)}`,
    `\nwho may connect (rows) to whom (columns); + allowed, . denied\n`,
    textTable(columns(['', 'pods', ...labels.map((_, index) => String(index + 1))]), grid),
  ].join('')
}
