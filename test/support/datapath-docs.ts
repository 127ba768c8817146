import type { Endpoint, Trip, TripSide } from '#main/simulation/cni/common/index'
import { CALIBRATION } from '#main/simulation/plan/calibration'
import { ProgramCompiler, type PacketKind } from '#main/simulation/plan/program-compiler'
import { tripHops, type TripHop } from '#main/simulation/plan/trip-hops'
import { DROP_COUNTERS, STAGES } from '#shared/plan/index'
import type { Packet, PacketLayer } from '#shared/wire/index'
import { stringify } from 'yaml'

import stageCosts from '../../resources/calibration/stage-costs.json'
import { connectLab, type ConnectedLab } from './connect-lab'
import { DATAPATH_VARIANTS, datapathLab } from './datapath-lab'

/** The clock at which costs are written as nanoseconds: that of the calibration's reference machine. */
const REFERENCE_GHZ = 3.6
const OFFLOADS = { tso: true, gro: true, tunnel: true }

/** A page of documentation: a plugin and what its variants are called. */
export interface DatapathPage {
  readonly file: string
  readonly title: string
  /** What precedes the generated part. */
  readonly about: string
  readonly modes: Readonly<Record<string, string>>
}

const lab = datapathLab()

/** The page of a plugin's datapaths: devices, then for each mode its settings, a diagram and its stages. */
export function describeDatapaths({ title, about, modes }: DatapathPage): string {
  const names = Object.keys(modes)
  const first = connectLab(lab, names[0]!)
  const sections = names.map((name) => describeMode(name, modes[name]!))
  return [
    `# ${title}`,
    about,
    'Made by `npm run docs` from the descriptions that the simulation runs (`src-main/simulation/cni`); a test keeps it current. ' +
      'Costs are nanoseconds at 3.6 GHz of a packet of an established TCP connection, where every offload works; ' +
      '`+` is what the packet that opens the connection costs more. A packet of the sender is a train of segments (TSO), one of the ' +
      'receiver what GRO merged. Behind a table stands how many entries it holds at most, where something limits it.',
    '## Devices',
    table(
      ['device', 'captures begin with', 'what it is'],
      Object.entries(first.network.devices).map(([name, { linkType, is }]) => [
        `\`${name}\``,
        linkType === 'raw' ? 'IP' : 'Ethernet',
        is,
      ]),
    ),
    ...sections,
    '## Stages',
    stageTable(names),
  ].join('\n\n').concat('\n')
}

function describeMode(name: string, title: string): string {
  const connected = connectLab(lab, name)
  const { settings } = DATAPATH_VARIANTS.find((variant) => variant.name === name) as { settings?: object }
  const far = tripBetween(connected, 'default/client-0', 'default/far-0')
  const near = tripBetween(connected, 'default/client-0', 'default/near-0')
  const out = tripBetween(connected, 'default/client-0', 'outside')
  const hops = hopsOf(far)
  return [
    `## ${title}`,
    settings === undefined ? 'The plugin’s defaults.' : `\`\`\`yaml\n${stringify({ settings }).trim()}\n\`\`\``,
    `Pods have an MTU of ${far.mtuBytes} where the NIC has 1500.`,
    '### Pod to pod on another node',
    diagram(hops),
    hopTable(hops),
    '### Pod to pod on its node',
    summary(hopsOf(near)),
    '### Pod to outside',
    summary(hopsOf(out)),
  ].join('\n\n')
}

function tripBetween({ network, end }: ConnectedLab, client: string, server: string): Trip {
  const ends: [Endpoint, Endpoint] = [end(client), end(server)]
  return network.connection(...ends)!.forward
}

const compiler = new ProgramCompiler(CALIBRATION.costs)

function hopsOf(trip: Trip): TripHop[] {
  const kinds = trip.tunnels.map(({ kind }) => kind)
  const packets: PacketKind = {
    transport: 'tcp',
    payload: true,
    trains: true,
    opens: true,
    encapsulated: kinds.length > 0,
    encrypted: kinds.includes('wireguard') || kinds.includes('esp'),
  }
  const packet: Packet = [
    { layer: 'ipv4', ...trip.addresses, ttl: 64, dontFragment: true, trafficClass: 0, identification: 1 },
    {
      layer: 'tcp',
      sourcePort: 40_000,
      destinationPort: 8080,
      sequence: 1,
      acknowledgement: 1,
      flags: 0x18,
      window: 512,
      options: new Uint8Array(12),
    },
  ]
  return tripHops(compiler, {
    trip,
    packet,
    packets,
    onWire: (onWire) => onWire,
    offloads: { sender: OFFLOADS, receiver: OFFLOADS },
  })
}

/** The passes as boxes, the queues between them as the edges' labels. */
function diagram(hops: readonly TripHop[]): string {
  const boxes = new Map<string, { side: TripSide; queue: string; devices: string[]; sum: number }>()
  for (const hop of hops) {
    const id = `${hop.side[0]}${hop.pass}`
    const box = boxes.get(id) ?? { side: hop.side, queue: hop.queue ?? '', devices: [], sum: 0 }
    if (box.devices.at(-1) !== hop.device) box.devices.push(hop.device)
    box.sum += nanoseconds(hop.cost.perPacket + hop.cost.perSegment)
    boxes.set(id, box)
  }
  const ids = [...boxes.keys()]
  const drawn = (side: TripSide, heading: string) => [
    `  subgraph ${side}["${heading}"]`,
    ...ids
      .filter((id) => boxes.get(id)!.side === side)
      .map((id) => `    ${id}["${boxes.get(id)!.devices.join(' → ')}<br/>${Math.round(boxes.get(id)!.sum)} ns"]`),
    '  end',
  ]
  const wire = hops.findLast(({ side }) => side === 'sender')!.packet
  const edges = ids.slice(1).map((id, index) => {
    const label = boxes.get(ids[index]!)!.side === boxes.get(id)!.side ? QUEUES[boxes.get(id)!.queue]! : layers(wire)
    return `  ${ids[index]!} -->|"${label}"| ${id}`
  })
  return ['```mermaid', 'flowchart LR', ...drawn('sender', 'sending node'), ...drawn('receiver', 'receiving node'), ...edges, '```'].join('\n')
}

const QUEUES: Readonly<Record<string, string>> = {
  '': 'same context',
  backlog: 'backlog',
  groCell: 'queue of the tunnel',
  nic: 'receive ring',
  worker: 'worker of another core',
  peer: 'worker of the peer',
}

function hopTable(hops: readonly TripHop[]): string {
  return table(
    ['', 'device', 'stage', 'ns', 'first', 'per byte', 'packet behind it', 'looks up'],
    hops.map((hop, index) => [
      String(index + 1),
      `\`${hop.device}\``,
      stageName(hop),
      figure(hop.cost.perPacket, hop.cost.perSegment),
      firstMore(hop),
      hop.cost.perByte === 0 ? '' : nanoseconds(hop.cost.perByte).toFixed(2),
      sameAsBefore(hops, index) ? '' : layers(hop.packet),
      hop.reads.map(({ table: name, capacity }) => (capacity === undefined ? name : `${name} (${capacity})`)).join('; '),
    ]),
  )
}

/** The devices that a packet crosses, and what each side of the way costs. */
function summary(hops: readonly TripHop[]): string {
  const devices = hops.filter(({ crossing }) => crossing !== undefined).map(({ device }) => `\`${device}\``)
  const stages = hops.map((hop) => stageName(hop))
  const sum = hops.reduce((total, { cost }) => total + nanoseconds(cost.perPacket + cost.perSegment), 0)
  return `Devices: ${devices.join(', ')}. Stages: ${stages.join(', ')}. In all ${Math.round(sum)} ns.`
}

function stageName({ stage, kind }: Pick<TripHop, 'stage' | 'kind'>): string {
  return kind === undefined ? stage : `${stage} (${kind})`
}

function sameAsBefore(hops: readonly TripHop[], index: number): boolean {
  return index > 0 && layers(hops[index]!.packet) === layers(hops[index - 1]!.packet)
}

function layers(packet: Packet): string {
  return packet.map((layer) => layerName(layer)).join(', ')
}

function layerName(layer: PacketLayer): string {
  switch (layer.layer) {
    case 'ipv4':
      return `IPv4 (TTL ${layer.ttl})`
    case 'udp':
      return `UDP ${layer.destinationPort}`
    case 'vxlan':
    case 'geneve':
      return `${layer.layer === 'vxlan' ? 'VXLAN' : 'Geneve'} ${layer.networkIdentifier}`
    case 'ethernet':
      return 'Ethernet'
    case 'wireguard':
      return 'WireGuard'
    default:
      return layer.layer.toUpperCase()
  }
}

function nanoseconds(cycles: number): number {
  return cycles / REFERENCE_GHZ
}

function figure(perPacket: number, perSegment: number): string {
  const packet = Math.round(nanoseconds(perPacket))
  const segment = Math.round(nanoseconds(perSegment))
  if (segment === 0) return String(packet)
  return packet === 0 ? `${segment} a segment` : `${packet} and ${segment} a segment`
}

function firstMore({ cost }: TripHop): string {
  const more = Math.round(nanoseconds(cost.firstPerPacket - cost.perPacket))
  return more === 0 ? '' : `+${more}`
}

/** What each stage of the page does, may drop and where that is counted, and where its cost is from. */
function stageTable(names: readonly string[]): string {
  const used = new Map<string, TripHop>()
  for (const name of names) {
    const connected = connectLab(lab, name)
    for (const to of ['default/far-0', 'default/near-0', 'outside']) {
      for (const hop of hopsOf(tripBetween(connected, 'default/client-0', to))) used.set(stageName(hop), hop)
    }
  }
  const rows = [...used].map(([name, { stage, kind }]) => {
    const { context, does, canDrop } = STAGES.find(({ id }) => id === stage)!
    const drops = canDrop.map((reason) => `${reason} (${DROP_COUNTERS[reason]})`)
    return [name, context, does, drops.join('; '), sourceOf(stage, kind)]
  })
  return table(['stage', 'runs in', 'what happens', 'may drop (counter)', 'cost from'], rows)
}

/** An entry of the calibration: a stage, and figures of what it costs. */
interface CostEntry {
  readonly stage: string
  readonly kind?: string
  readonly [figure: string]: string | { readonly source: string; readonly uncertainty: number } | undefined
}

function sourceOf(stage: string, kind: string | undefined): string {
  const entries: readonly CostEntry[] = stageCosts.costs
  const entry = entries.find((cost) => cost.stage === stage && cost.kind === kind)
  const sources = Object.values(entry ?? {}).flatMap((value) =>
    typeof value === 'object' ? [`${value.source} (±${Math.round(value.uncertainty * 100)} %)`] : [],
  )
  return [...new Set(sources)].join('; ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
