import { counted, humanCount } from '../../analysis/index'
import type { VariantFacts, WayFacts } from '../../contract/comparison'
import { NO_LAB, type CellContent, type Detail } from '../cell'
import type { ComparedVariant } from '../compared'
import { carriersOf, devicesOn, nodesOf, overheadBytes, stagesIn, WAY_NAMES, waysBetweenNodes } from '../read-way'

/** The datapath that was built: devices and stages of a packet, what carries it between nodes, who writes the routes. */
export function infrastructureCell({ facts }: ComparedVariant): CellContent {
  if (facts === undefined) return NO_LAB
  const [across] = waysBetweenNodes(facts)
  const shown = across ?? facts.ways[0]
  if (shown === undefined) return { lines: ['No connection'], details: [], missing: 'Add two pods, or traffic between what there is.' }
  const sender = nodesOf(shown.request)[0]!
  return {
    lines: [devicesOn(shown.request, sender).join(' → '), ...carriedLines(facts), groupsText(shown)],
    details: [...facts.ways.flatMap(wayDetails), ...routeDetails(facts)],
    ...(across === undefined && { missing: 'No two pods are on different nodes; place some there to see what carries packets between nodes.' }),
  }
}

/** How packets cross between nodes; one line where that is the same within a subnet and between two. */
function carriedLines(facts: VariantFacts): string[] {
  const ways = waysBetweenNodes(facts)
  const told = ways.map((way) => ({ way, text: carriedText(way) }))
  if (new Set(told.map(({ text }) => text)).size <= 1) return told.slice(0, 1).map(({ text }) => text)
  return told.map(({ way, text }) => `${text} between ${WAY_NAMES[way.kind]}`)
}

function carriedText({ request }: WayFacts): string {
  const carriers = carriersOf(request)
  return carriers.length === 0 ? 'Not encapsulated' : `In ${carriers.join(' in ')}, +${overheadBytes(request)} B`
}

function groupsText({ request }: WayFacts): string {
  const parts = ([['netfilter', 'netfilter'], ['ebpf', 'eBPF']] as const)
    .map(([group, name]) => ({ name, count: stagesIn(request, group) }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
  return [counted(request.stages.length, 'stage'), ...parts].join(', ')
}

function wayDetails(way: WayFacts): Detail[] {
  const { kind, from, to, request, verdict, reason } = way
  const name = `${WAY_NAMES[kind]}: ${from} → ${to}`
  const outcome = verdict === 'delivered' ? '' : `; dropped: ${reason ?? 'no reason'}`
  return nodesOf(request).map((node) => (
    { what: `Devices on ${node}, ${name}`, value: `${devicesOn(request, node).join(' → ')}${outcome}`, from: 'packet' as const }
  )).concat({ what: `Stages, ${name}`, value: `${groupsText(way)}; ${carriedText(way)}`, from: 'packet' })
}

function routeDetails({ controlPlane }: VariantFacts): Detail[] {
  if ('refused' in controlPlane) return [{ what: 'Routes', value: controlPlane.refused, from: 'control plane' }]
  const { routes, ranges } = controlPlane
  return [
    ...Object.entries(routes).map(([by, count]): Detail => ({ what: `Routes on the fullest node, written by ${by}`, value: humanCount(count), from: 'control plane' })),
    { what: 'Address ranges of all nodes', value: humanCount(ranges), from: 'control plane' },
  ]
}
