import { counted, humanCount, humanFigure } from '../../analysis/index'
import type { ControlPlaneFacts, VariantFacts, WayFacts } from '../../contract/comparison'
import { SECOND_NS } from '../../units/index'
import { NO_LAB, type CellContent, type Detail } from '../cell'
import type { ComparedVariant } from '../compared'
import { WAY_NAMES, waysBetweenNodes, wireText } from '../read-way'

/** Protocols on the wire, and the messages of the control plane. */
export function protocolsCell({ facts }: ComparedVariant): CellContent {
  if (facts === undefined) return NO_LAB
  const [across] = waysBetweenNodes(facts)
  return {
    lines: [...(across === undefined ? [] : [wireText(across.request.wire)]), ...controlLines(facts)],
    details: [...facts.ways.flatMap(wireDetails), ...messageDetails(facts)],
    ...(across === undefined && { missing: 'No two pods are on different nodes, so nothing of theirs is on a wire.' }),
  }
}

function controlLines({ cni, controlPlane }: VariantFacts): string[] {
  if ('refused' in controlPlane) return ['Control plane not simulated']
  const bgp = controlPlane.messages.filter(({ protocol }) => protocol === 'bgp')
  if (bgp.length > 0) return [`BGP, ${counted(controlPlane.sessionsPerNode, 'session')} a node`, bgp.map(({ kind, count }) => `${humanCount(count)} ${kind}`).join(', ')]
  return [cni === 'none' ? 'No plugin, no messages' : 'No routing protocol: watches of the API server']
}

function wireDetails({ kind, from, to, request, answer }: WayFacts): Detail[] {
  const name = `${WAY_NAMES[kind]}: ${from} → ${to}`
  const detail = (what: string, headers: typeof request.wire, bytes: number): Detail[] =>
    headers.length === 0 ? [] : [{ what: `${what}, ${name}`, value: `${wireText(headers)}; ${bytes} B`, from: 'packet' }]
  if (request.wire.length === 0) return [{ what: `First packet, ${name}`, value: 'stays on its node', from: 'packet' }]
  return [...detail('First packet', request.wire, request.wireBytes), ...(answer === undefined ? [] : detail('Its answer', answer.wire, answer.wireBytes))]
}

function messageDetails({ controlPlane }: VariantFacts): Detail[] {
  if ('refused' in controlPlane) return [{ what: 'Messages', value: controlPlane.refused, from: 'control plane' }]
  const { messages, convergedAfterSeconds } = controlPlane
  return [
    ...messages.map(messageDetail),
    ...(convergedAfterSeconds > 0 ? [{ what: 'Last route after the start of all daemons', value: humanFigure(convergedAfterSeconds * SECOND_NS, 'ns'), from: 'control plane' as const }] : []),
  ]
}

function messageDetail({ protocol, kind, count, bytes }: ControlPlaneFacts['messages'][number]): Detail {
  const size = bytes === undefined ? '' : `, ${humanFigure(bytes, 'B')}`
  const name = protocol === 'bgp' ? `BGP ${kind}` : `Events of ${kind}`
  return { what: `${name} until the run’s end, all nodes together`, value: `${humanCount(count)}${size}`, from: 'control plane' }
}
