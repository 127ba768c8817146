import { counted, humanCount } from '../../analysis/index'
import type { ComparisonFacts, VariantFacts, WayStage } from '../../contract/comparison'
import type { VariantResult } from '../../metrics/index'
import { NO_LAB, type CellContent, type Detail } from '../cell'
import type { Compared, ComparedVariant } from '../compared'
import { carriersBetweenNodes, carriersOf, isEncrypted, isEncrypting, WAY_NAMES, waysBetweenNodes } from '../read-way'

/** Reasons of drops that policies are. */
const POLICY_DROPS = ['policy-deny', 'policy-default-deny']

const DIALECTS: Readonly<Record<string, string>> = { calico: 'Calico', cilium: 'Cilium', kubernetes: 'Kubernetes' }

/** Which policies are enforced and where, what they leave open, and what is hidden on the wire. */
export function securityCell({ facts, result }: ComparedVariant, { facts: all }: Compared): CellContent {
  if (facts === undefined || all === undefined) return NO_LAB
  const denied = deniedPackets(result)
  return {
    lines: [
      policyLine(facts, all),
      ...(all.policies > 0 ? [pairsText(facts)].filter((text) => text !== undefined) : []),
      encryptionText(facts),
      ...(denied > 0 ? [`${humanCount(denied)} packets denied a run`] : []),
    ],
    details: [
      ...facts.policies.unused.map(({ object, reason }): Detail => ({ what: `Not used: ${object}`, value: reason, from: 'policies' })),
      ...decisionDetails(facts),
      ...encryptionDetails(facts),
      { what: 'Packets that a policy ended, a run', value: humanCount(denied), from: 'run' },
    ],
    ...(all.policies === 0 && { missing: 'The lab has no policies; add some to see who may connect and where that is decided.' }),
  }
}

function policyLine({ policies: { dialect, unused } }: VariantFacts, { policies }: ComparisonFacts): string {
  if (dialect === null) return policies === 0 ? 'Enforces no policies' : `None of ${counted(policies, 'policy', 'policies')} enforced`
  const reader = DIALECTS[dialect] ?? dialect
  return policies === 0 ? `Would enforce policies as ${reader} reads them` : `${policies - unused.length} of ${counted(policies, 'policy', 'policies')}, as ${reader} reads them`
}

function pairsText({ policies: { pairs } }: VariantFacts): string | undefined {
  return pairs && `${humanCount(pairs.allowed)} of ${humanCount(pairs.all)} pairs of pods may connect`
}

function encryptionText(facts: VariantFacts): string {
  const hidden = carriersBetweenNodes(facts).flat().filter(isEncrypting)
  return hidden.length === 0 ? 'Not encrypted' : `Encrypted between nodes: ${[...new Set(hidden)].join(', ')}`
}

/** Packets that a policy ended, mean over the seeds. */
function deniedPackets({ seeds }: VariantResult): number {
  const all = seeds.reduce((sum, { drops }) => sum + POLICY_DROPS.reduce((of, reason) => of + (drops[reason] ?? 0), 0), 0)
  return seeds.length === 0 ? 0 : Math.round(all / seeds.length)
}

function decisionDetails({ ways }: VariantFacts): Detail[] {
  return ways.flatMap(({ kind, from, to, request }) =>
    request.stages.filter(({ decidedBy }) => decidedBy !== undefined).map((stage): Detail => (
      { what: `Decided for ${from} → ${to} (${WAY_NAMES[kind]})`, value: decisionText(stage), from: 'packet' }
    )))
}

function decisionText({ node, device, stage, decidedBy }: WayStage): string {
  return `${node}, ${device}, ${stage}: ${decidedBy ?? ''}`
}

function encryptionDetails(facts: VariantFacts): Detail[] {
  const across = waysBetweenNodes(facts).map(({ kind, request }): Detail => (
    { what: `On the wire between ${WAY_NAMES[kind]}`, value: isEncrypted(request) ? `encrypted: ${carriersOf(request).join(' in ')}` : 'readable', from: 'packet' }
  ))
  const identifiers = waysBetweenNodes(facts).flatMap(({ request }) => request.wire.flatMap(({ fields }) => fields['vxlan.vni'] ?? fields['geneve.vni'] ?? []))
  return [...across, ...[...new Set(identifiers)].map((vni): Detail => ({ what: 'Network identifier in the tunnel’s header', value: vni, from: 'packet' }))]
}
