import { withoutZeros } from '#shared/analysis/index'
import type { Lab, Node } from '#shared/lab/index'
import { humanRate } from '#shared/units/index'

import { html, type Html } from './html'

/** A box of the picture. */
interface Box {
  readonly name: string
  readonly detail: string
  readonly kind: 'switch' | 'node' | 'external'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A rack's outline. */
interface Rack {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const BOX = { width: 128, height: 44 }
const GAP = 16
const GROUP_GAP = 36
const RACK_MARGIN = 14
const LAYER_GAP = 46
/** Nodes side by side below a switch, and how many are drawn one by one before they become one box. */
const PER_ROW = 4
const MOST_NODES = 24

/**
 * A picture of a lab's network: spines and external hosts above, top-of-rack switches below them with their nodes. Many
 * nodes of one switch are one box with their number.
 */
export function topologySvg(lab: Lab): Html {
  const { boxes, racks, width, height } = place(lab)
  const byName = new Map(boxes.map((box) => [box.name, box]))
  const links = linksOf(lab).flatMap(([from, to]) => {
    const [upper, lower] = [byName.get(from), byName.get(to)]
    return upper && lower ? [lineOf(upper, lower)] : []
  })
  const label = `${lab.fabric.switches.length} switches, ${lab.nodes.length} nodes, ${lab.external.length} external hosts`
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Topology: ${label}" style="max-width: ${width}px; margin: 0 auto" font-family="inherit">
${racks.map(rackSvg)}
<g stroke="#97a1b0" stroke-width="1.5">${links}</g>
${boxes.map(boxSvg)}
</svg>`
}

/** Nodes below one switch. */
interface Group {
  readonly switchName: string | null
  readonly rack: string | undefined
  readonly nodes: readonly Node[]
}

function groupsOf(lab: Lab): Group[] {
  const tors = lab.fabric.switches.filter((each) => each.role === 'tor')
  const groups: Group[] = tors.map((tor) => ({
    switchName: tor.name,
    rack: tor.rack,
    nodes: lab.nodes.filter((node) => node.uplinks[0]?.switch === tor.name),
  }))
  const grouped = new Set(groups.flatMap((group) => group.nodes))
  const rest = lab.nodes.filter((node) => !grouped.has(node))
  return rest.length > 0 ? [...groups, { switchName: null, rack: undefined, nodes: rest }] : groups
}

function place(lab: Lab): { boxes: Box[]; racks: Rack[]; width: number; height: number } {
  const groups = groupsOf(lab)
  const columns = groups.map((group) => Math.max(1, Math.min(PER_ROW, isCondensed(group) ? 1 : group.nodes.length)))
  const widths = columns.map((count) => count * BOX.width + (count - 1) * GAP)
  const spines = lab.fabric.switches.filter((each) => each.role === 'spine')
  const top = [
    ...spines.map(({ name }) => ({ name, detail: 'spine', kind: 'switch' as const })),
    ...lab.external.map(({ name }) => ({ name: externalName(name), detail: 'external host', kind: 'external' as const })),
  ]
  const below = widths.reduce((sum, width) => sum + width, 0) + Math.max(0, groups.length - 1) * GROUP_GAP + 2 * RACK_MARGIN
  const above = top.length * BOX.width + Math.max(0, top.length - 1) * GAP
  const width = Math.max(below, above, BOX.width) + 2
  const torTop = top.length > 0 ? BOX.height + LAYER_GAP + RACK_MARGIN : RACK_MARGIN
  const boxes: Box[] = top.map((each, index) => ({ ...each, ...BOX, x: (width - above) / 2 + index * (BOX.width + GAP), y: 1 }))
  const racks: Rack[] = []
  let x = (width - below) / 2 + RACK_MARGIN
  groups.forEach((group, index) => {
    const own = groupBoxes(group, { x, y: torTop, width: widths[index]!, columns: columns[index]! })
    boxes.push(...own)
    const bottom = Math.max(torTop, ...own.map((box) => box.y + box.height))
    if (group.rack !== undefined) {
      racks.push({
        name: group.rack,
        x: x - RACK_MARGIN,
        y: torTop - RACK_MARGIN - 12,
        width: widths[index]! + 2 * RACK_MARGIN,
        height: bottom - torTop + 2 * RACK_MARGIN + 12,
      })
    }
    x += widths[index]! + GROUP_GAP
  })
  const height = Math.max(...boxes.map((box) => box.y + box.height), ...racks.map((rack) => rack.y + rack.height), BOX.height) + 2
  return { boxes, racks, width, height }
}

const isCondensed = ({ nodes }: Group): boolean => nodes.length > MOST_NODES

function groupBoxes(group: Group, at: { x: number; y: number; width: number; columns: number }): Box[] {
  const boxes: Box[] = []
  let y = at.y
  if (group.switchName !== null) {
    boxes.push({ name: group.switchName, detail: 'top of rack', kind: 'switch', ...BOX, x: at.x + (at.width - BOX.width) / 2, y })
    y += BOX.height + LAYER_GAP
  }
  if (isCondensed(group)) {
    return [...boxes, { name: `${group.nodes.length} nodes`, detail: nodeDetail(group.nodes[0]!), kind: 'node', ...BOX, x: at.x, y }]
  }
  const nodes = group.nodes.map((node, index): Box => {
    const row = Math.floor(index / at.columns)
    const inRow = Math.min(at.columns, group.nodes.length - row * at.columns)
    const start = at.x + (at.width - inRow * BOX.width - (inRow - 1) * GAP) / 2
    return {
      name: node.name,
      detail: nodeDetail(node),
      kind: 'node',
      ...BOX,
      x: start + (index % at.columns) * (BOX.width + GAP),
      y: y + row * (BOX.height + GAP),
    }
  })
  return [...boxes, ...nodes]
}

function nodeDetail({ cpu, nic }: Node): string {
  return `${cpu.cores} × ${cpu.ghz} GHz, ${withoutZeros(humanRate(nic.rate))}`
}

/** External hosts have names of their own: one may be called like a node. */
const externalName = (name: string): string => `external/${name}`

/** Pairs of names, the upper box first. */
function linksOf(lab: Lab): [string, string][] {
  const condensed = new Map(
    groupsOf(lab).filter(isCondensed).flatMap((group) => group.nodes.map((node) => [node.name, `${group.nodes.length} nodes`] as const)),
  )
  const uplinks = lab.nodes.flatMap((node) =>
    node.uplinks.map((uplink): [string, string] => [uplink.switch, condensed.get(node.name) ?? node.name]),
  )
  const between = lab.fabric.links.map(({ ends: [a, b] }): [string, string] => (isSpine(lab, b) ? [b, a] : [a, b]))
  const outside = lab.external.map((host): [string, string] => [host.attach, externalName(host.name)])
  const seen = new Set<string>()
  return [...between, ...uplinks, ...outside].filter(([a, b]) => {
    const key = `${a} ${b}`
    return seen.has(key) ? false : Boolean(seen.add(key))
  })
}

const isSpine = (lab: Lab, name: string): boolean => lab.fabric.switches.some((each) => each.name === name && each.role === 'spine')

/** From the lower edge of one box to the upper edge of the other; side by side, from edge to edge. */
function lineOf(a: Box, b: Box): Html {
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a]
  if (upper.y === lower.y) {
    const [left, right] = a.x <= b.x ? [a, b] : [b, a]
    return html`<path d="M${left.x + left.width} ${left.y + left.height / 2}H${right.x}" />`
  }
  return html`<path d="M${upper.x + upper.width / 2} ${upper.y + upper.height}L${lower.x + lower.width / 2} ${lower.y}" />`
}

const fills: Readonly<Record<Box['kind'], string>> = { switch: '#eef1f6', node: '#ffffff', external: '#f6f3ea' }

function boxSvg({ name, detail, kind, x, y, width, height }: Box): Html {
  const shown = kind === 'external' ? name.slice('external/'.length) : name
  const middle = x + width / 2
  return html`<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="${fills[kind]}" stroke="#c8ced8" />
<text x="${middle}" y="${y + 19}" text-anchor="middle" font-size="12.5" font-weight="600" fill="#181b22">${shorten(shown)}</text>
<text x="${middle}" y="${y + 34}" text-anchor="middle" font-size="10.5" fill="#666e7c">${detail}</text></g>`
}

function rackSvg({ name, x, y, width, height }: Rack): Html {
  return html`<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="#f7f8fa" stroke="#e3e6eb" />
<text x="${x + 10}" y="${y + 15}" font-size="10.5" fill="#666e7c">rack ${shorten(name)}</text></g>`
}

function shorten(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name
}
