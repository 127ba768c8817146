import { humanCount, humanFigure } from '../../analysis/index'
import type { ServiceSize, VariantFacts } from '../../contract/comparison'
import type { ControlPlaneSize } from '../../contract/control-plane'
import { SECOND_NS } from '../../units/index'
import { NO_LAB, type CellContent, type Detail } from '../cell'
import type { ComparedVariant } from '../compared'

/** How sessions, messages, routes, rules and map entries grow with nodes and services, and how long it takes until all know each other. */
export function scalabilityCell({ facts }: ComparedVariant): CellContent {
  if (facts === undefined) return NO_LAB
  return {
    lines: [...nodeLines(facts), ...serviceLines(facts)],
    details: [...(facts.cni === 'none' ? [] : facts.sizes.flatMap(sizeDetails)), ...facts.serviceSizes.map(serviceDetail)],
    ...(facts.sizes.every(({ refused }) => refused !== undefined) && { missing: facts.sizes[0]!.refused }),
  }
}

/** From the smallest cluster to the largest. */
function nodeLines({ cni, sizes }: VariantFacts): string[] {
  const [least, most] = [sizes[0], sizes.at(-1)]
  if (cni === 'none' || least === undefined || most === undefined) return ['No state of a plugin']
  const grows = (of: (size: ControlPlaneSize) => number): string => `${humanCount(of(least))} → ${humanCount(of(most))}`
  const nodes = `${humanCount(least.nodes)} → ${humanCount(most.nodes)} nodes: `
  const state = most.sessionsPerNode > 0 ? `${grows(({ sessionsPerNode }) => sessionsPerNode)} sessions a node` : `${grows(({ routesPerNode }) => routesPerNode)} routes a node, told by watches`
  const known = [least, most].map(({ knownSeconds }) => (knownSeconds === undefined ? '–' : humanFigure(knownSeconds.p99 * SECOND_NS, 'ns')))
  const events = `${grows(({ messages, updates }) => messages - updates)} events of watches to start`
  const told = most.updates > 0 ? `${grows(({ updates }) => updates)} UPDATEs and ${events}` : events
  return [`${nodes}${state}`, told, `99 % of pairs of nodes know each other in ${known.join(' → ')}`]
}

function serviceLines({ serviceSizes }: VariantFacts): string[] {
  const [least, most] = [serviceSizes[0], serviceSizes.at(-1)]
  if (least === undefined || most === undefined) return []
  const services = `${humanCount(least.services)} → ${humanCount(most.services)} services: `
  const tried = most.rulesTried === undefined ? [] : [`A first packet tries ${humanCount(least.rulesTried!)} → ${humanCount(most.rulesTried)} of them`]
  if (most.rulesPerNode > 0) return [`${services}${humanCount(least.rulesPerNode)} → ${humanCount(most.rulesPerNode)} rules`, ...tried]
  return [`${services}${humanCount(least.mapEntriesPerNode)} → ${humanCount(most.mapEntriesPerNode)} map entries, no rules`]
}

function sizeDetails({ nodes, pods, sessions, sessionsPerNode, messages, updates, routesPerNode, rulesPerNode, mapEntriesPerNode, memoryPerNode, knownSeconds, refused }: ControlPlaneSize): Detail[] {
  const counts = [
    `${humanCount(sessions)} sessions (${humanCount(sessionsPerNode)} a node)`, `${humanCount(messages)} messages, ${humanCount(updates)} of them UPDATEs`,
    `a node: ${humanCount(routesPerNode)} routes`, `${humanCount(rulesPerNode)} rules`, `${humanCount(mapEntriesPerNode)} map entries`, humanFigure(memoryPerNode, 'B'),
    ...(knownSeconds === undefined ? [refused ?? 'not simulated'] : [`all known to 99 of 100 in ${humanFigure(knownSeconds.p99 * SECOND_NS, 'ns')}`]),
  ]
  return [{ what: `${humanCount(nodes)} nodes, ${humanCount(pods)} pods`, value: counts.join(', '), from: 'other sizes' }]
}

function serviceDetail({ services, endpoints, rulesPerNode, mapEntriesPerNode, rulesTried, syncSeconds }: ServiceSize): Detail {
  const counts = [
    `a node: ${humanCount(rulesPerNode)} rules`, `${humanCount(mapEntriesPerNode)} map entries`,
    ...(rulesTried === undefined ? [] : [`a connection to the last service tries ${humanCount(rulesTried)} rules`]),
    ...(syncSeconds === undefined ? [] : [`kube-proxy writes all in ${humanFigure(syncSeconds * SECOND_NS, 'ns')}`]),
  ]
  return { what: `${humanCount(services)} services with ${humanCount(endpoints)} endpoints`, value: counts.join(', '), from: 'other sizes' }
}
