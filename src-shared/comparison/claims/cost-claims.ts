import { compareFigures, figureOf, humanFigure, isSignificant, sampleOf, shareWithInterval, type Difference } from '../../analysis/index'
import type { VariantResult } from '../../metrics/index'
import { humanDuration } from '../../units/index'
import { builtVariants, type BuiltVariant, type Compared } from '../compared'
import { mostOnNode } from '../on-nodes'
import { carriersBetweenNodes, costIn, hasPrograms, waysBetweenNodes } from '../read-way'
import { verdictOver, type Claim, type Finding } from './claim'

/** Smaller differences are told as none: the model claims no more. */
const SAME_BELOW = 0.005

/** Claims about what variants cost. */
export const COST_CLAIMS: readonly Claim[] = [
  {
    id: 'vxlan-costs-more',
    claim: 'VXLAN costs more CPU than IPIP.',
    check: checkVxlanCost,
    turns: 'Per packet VXLAN writes 30 B more. Per byte it often costs less: its outer source port spreads the connections of two nodes over receive queues, where IPIP has one queue for each pair of nodes, and many NICs split and check UDP tunnels only (a lab’s offloads.tunnel is for both). A single connection, or a NIC with one queue, shows the bytes alone.',
    toShow: 'Add two Calico variants that differ in the tunnel only: ipipMode: Always, and vxlanMode: Always.',
  },
  {
    id: 'ebpf-needs-more',
    claim: 'eBPF needs more resources.',
    check: checkEbpf,
    turns: 'Maps are allocated for the largest cluster and held whether they are used or not, and compiling programs takes CPU time when endpoints come and go. Packets and new connections usually cost less, and services no more however many there are.',
    toShow: 'Add a variant with eBPF beside one without that carries packets between nodes the same way: Calico with and without bpfEnabled, or Cilium and Calico both with VXLAN.',
  },
]

/** Variants all of whose packets between nodes are carried so. */
function carriedBy(variants: readonly BuiltVariant[], carrier: string): BuiltVariant[] {
  return variants.filter(({ facts }) => {
    const carriers = carriersBetweenNodes(facts)
    return carriers.length === 1 && carriers[0]!.join(' ') === carrier
  })
}

function carriersText({ facts }: BuiltVariant): string {
  return JSON.stringify(carriersBetweenNodes(facts))
}

function checkVxlanCost(compared: Compared): Finding | null {
  const variants = builtVariants(compared)
  const pairs = carriedBy(variants, 'IPIP').flatMap((ipip) =>
    carriedBy(variants, 'VXLAN').filter((vxlan) => vxlan.facts.cni === ipip.facts.cni && hasPrograms(vxlan.facts) === hasPrograms(ipip.facts)).map((vxlan) => ({ ipip, vxlan })))
  const found = pairs.flatMap(({ ipip, vxlan }) => {
    const change = costChange(compared, vxlan.name, ipip.name)
    return change === null ? [] : [{ ipip, vxlan, change }]
  })
  if (found.length === 0) return null
  return {
    verdict: found.some(({ change }) => isUnclear(change)) ? 'depends' : verdictOver(found.map(({ change }) => isMore(change))),
    evidence: found.flatMap(({ ipip, vxlan, change }) => [
      `A gigabit costs ${vxlan.name} ${costText(compared, vxlan)} cores, ${ipip.name} ${costText(compared, ipip)} (${changeText(change)}).`,
      `A first packet pays ${humanDuration(tunnelCost(vxlan))} for the tunnel in ${vxlan.name}, ${humanDuration(tunnelCost(ipip))} in ${ipip.name}.`,
      `Traffic arrives in ${receiveQueues(vxlan.result)} receive queues in ${vxlan.name}, in ${receiveQueues(ipip.result)} in ${ipip.name}.`,
    ]),
  }
}

/** CPU time of a tunnel's stages on a connection's first packet, ns. */
function tunnelCost({ facts }: BuiltVariant): number {
  return Math.max(0, ...waysBetweenNodes(facts).map(({ request }) => costIn(request, 'encapsulation')))
}

/** Receive queues that any traffic arrives in, mean over the seeds. */
function receiveQueues({ seeds }: VariantResult): string {
  const counts = seeds.map(({ traffic }) => new Set(traffic.flatMap(({ receiveQueues: queues = [] }) => queues)).size)
  return counts.length === 0 ? 'no' : String(Number(sampleOf(counts).mean.toFixed(1)))
}

function checkEbpf(compared: Compared): Finding | null {
  const variants = builtVariants(compared).filter(({ facts }) => facts.cni !== 'none')
  const [programs, rules] = [variants.filter(({ facts }) => hasPrograms(facts)), variants.filter(({ facts }) => !hasPrograms(facts))]
  const pairs = programs.flatMap((ebpf) => rules.map((other) => ({ ebpf, other })))
  // What carries packets between nodes costs too, so only variants that do that alike are compared; of one plugin where there are any.
  const alike = pairs.filter(({ ebpf, other }) => carriersText(ebpf) === carriersText(other))
  const ofOnePlugin = alike.filter(({ ebpf, other }) => ebpf.facts.cni === other.facts.cni)
  const found = (ofOnePlugin.length > 0 ? ofOnePlugin : alike).flatMap(({ ebpf, other }) => {
    const cost = costChange(compared, ebpf.name, other.name)
    return cost === null ? [] : [{ ebpf, other, cost, memory: memoryOf(ebpf.result) - memoryOf(other.result) }]
  })
  if (found.length === 0) return null
  return {
    verdict: found.some(({ cost }) => isUnclear(cost)) ? 'depends' : verdictOver(found.flatMap(({ cost, memory }) => [isMore(cost), memory > 0])),
    evidence: found.map(({ ebpf, other, cost }) =>
      `${ebpf.name} against ${other.name}: CPU per gigabit ${changeText(cost)}; ${humanFigure(memoryOf(ebpf.result), 'B')} of memory a node against ${humanFigure(memoryOf(other.result), 'B')}.`),
  }
}

/** Memory of agents and tables on the node that has most. */
function memoryOf(result: VariantResult): number {
  return mostOnNode(result, ({ memoryBytes }) => memoryBytes)
}

/** How the CPU that a gigabit costs differs, paired by seed; null where either is not measured. */
function costChange({ result }: Compared, variant: string, baseline: string): Difference['relative'] {
  const both = { ...result, variants: result.variants.filter(({ name }) => name === variant || name === baseline) }
  return figureOf(compareFigures(both, baseline), variant, 'cores-per-gigabit')?.difference?.relative ?? null
}

function costText({ figures }: Compared, { name }: BuiltVariant): string {
  return humanFigure(figureOf(figures, name, 'cores-per-gigabit')!.sample.mean, 'cores per Gbit/s')
}

type Change = NonNullable<Difference['relative']>

/** Whether there is more of it, beyond chance and what the model claims. */
function isMore(change: Change): boolean {
  return change.mean > SAME_BELOW && (change.ci95 === null || isSignificant(change))
}

/** Whether the interval holds both more and not more: more seeds would tell. */
function isUnclear(change: Change): boolean {
  return change.ci95 !== null && !isSignificant(change) && change.mean + change.ci95 > SAME_BELOW
}

function changeText(change: Change): string {
  return `${shareWithInterval(change)}${isUnclear(change) ? ', no more than chance: run more seeds' : ''}`
}
