import { faultTitle, SHAPE_COLOURS, SHAPE_FORMS, type DocumentPath, type LinkBend, type NamedKind, type PlacedKind, type Placement } from '#shared/lab/index'
import { LIST_PATHS, type ListedKind } from '#shared/lab/list-paths'

import { asList, asName, asNumber, asObject, asText, isObject, valueAt, type Given } from './given'
import type {
  ExternalOutline,
  FaultOutline,
  GroupOutline,
  LinkOutline,
  NodeOutline,
  NoteOutline,
  ObjectId,
  ObjectKind,
  Outline,
  RackOutline,
  ShapeOutline,
  SwitchOutline,
  TrafficOutline,
  VariantOutline,
  WorkloadOutline,
} from './outline'
import { readNamespaces, readObjects } from './read-objects'
import { Register, type Entry } from './register'

/** Reads what can be drawn from a lab's plain value: every mapping that stands where a thing belongs is one. */
export function readOutline(document: unknown): Outline {
  const metadata = asObject(asObject(document)['metadata'])
  const view = asObject(valueAt(document, ['spec', 'view']))
  const register = new Register()
  const listed = (kind: ListedKind): readonly Entry[] => entries(valueAt(document, LIST_PATHS[kind]), LIST_PATHS[kind])

  const racks = listed('rack').map((entry) => readRack(register, entry))
  const switches = listed('switch').map((entry) => readSwitch(register, entry))
  const nodeEntries = listed('node')
  const nodes = nodeEntries.map((entry) => readNode(register, entry))
  const external = listed('external').map((entry) => readExternal(register, entry))
  const lines = new Lines(view)
  const links = [
    ...listed('link').map((entry) => readLink(register, lines, entry)),
    ...nodes.flatMap((node) => readUplinks(register, lines, node)),
    ...external.flatMap((host) => readAttachment(register, lines, host)),
  ]
  const workloads = listed('workload').map((entry) => readWorkload(register, entry))
  const notes = listed('note').map((entry) => readNote(register, entry))
  const { services, policies } = readObjects(register, listed('object'), workloads)
  const namespaces = readNamespaces(register, listed('namespace'), [...workloads, ...services, ...policies])
  const shapes = listed('shape').map((entry) => readShape(register, entry))
  const groups = listed('group').map((entry) => readGroup(register, entry))
  const variants = listed('variant').map((entry) => readVariant(register, entry))
  const traffic = listed('traffic').map((entry) => readTraffic(register, entry))
  const faults = listed('fault').map((entry) => readFault(register, links, entry))

  return {
    lab: { kind: 'lab', name: 'lab', path: [], given: asObject(document) },
    name: asText(metadata['name']),
    description: asText(metadata['description']),
    racks, switches, nodes, namespaces, workloads, services, policies, external, notes, shapes, groups, links, variants, traffic, faults,
    places: readPlaces(view),
    byId: register.byId,
  }
}

function entries(list: unknown, path: DocumentPath): readonly Entry[] {
  return asList(list).flatMap((given, index) => (isObject(given) ? [{ given, path: [...path, index], index }] : []))
}

function common<Kind extends NamedKind & ObjectKind>(kind: Kind, { given, path }: Entry) {
  const name = asText(given['name'])
  return { kind, name, path, given, element: { kind, name } }
}

function readRack(register: Register, entry: Entry): RackOutline {
  const rack = common('rack', entry)
  return register.add<RackOutline>(rack, rack.name)
}

function readSwitch(register: Register, entry: Entry): SwitchOutline {
  const item = common('switch', entry)
  return register.add<SwitchOutline>({
    ...item,
    role: asText(entry.given['role'], 'tor'),
    rack: asName(entry.given['rack']),
    asn: asNumber(entry.given['asn'], undefined),
  }, item.name)
}

function readNode(register: Register, entry: Entry): NodeOutline {
  const item = common('node', entry)
  return register.add<NodeOutline>({
    ...item,
    rack: asName(entry.given['rack']),
    cores: asNumber(asObject(entry.given['cpu'])['cores'], 8),
    rate: asText(asObject(entry.given['nic'])['rate'], '25Gbit'),
    tainted: asList(entry.given['taints']).length > 0,
  }, item.name)
}

function readExternal(register: Register, entry: Entry): ExternalOutline {
  const item = common('external', entry)
  return register.add<ExternalOutline>({
    ...item, address: asText(entry.given['address']), attach: asName(entry.given['attach']),
  }, item.name)
}

function readWorkload(register: Register, entry: Entry): WorkloadOutline {
  const item = common('workload', entry)
  const namespace = asText(entry.given['namespace'], 'default')
  return register.add<WorkloadOutline>({
    ...item,
    element: { kind: 'workload', name: `${namespace}/${item.name}` },
    namespace,
    replicas: asNumber(entry.given['replicas'], 1),
    nodes: asList(entry.given['nodes']).flatMap((name) => asName(name) ?? []),
  }, `${namespace}/${item.name}`)
}

function readNote(register: Register, entry: Entry): NoteOutline {
  const item = common('note', entry)
  const placement = readPlacement(entry.given) ?? { x: 0, y: 0 }
  return register.add<NoteOutline>({ ...item, text: asText(entry.given['text']), placement }, item.name)
}

function readShape(register: Register, entry: Entry): ShapeOutline {
  const item = common('shape', entry)
  return register.add<ShapeOutline>({
    ...item,
    form: SHAPE_FORMS.find((form) => form === entry.given['form']) ?? 'rectangle',
    colour: SHAPE_COLOURS.find((colour) => colour === entry.given['colour']) ?? 'grey',
    text: asText(entry.given['text']),
    placement: readPlacement(entry.given) ?? { x: 0, y: 0 },
  }, item.name)
}

function readGroup(register: Register, entry: Entry): GroupOutline {
  const item = common('group', entry)
  const members = asList(entry.given['members']).flatMap((member): ObjectId[] => {
    const id = asText(member).replace('/', ':') as ObjectId
    return register.byId.has(id) ? [id] : []
  })
  return register.add<GroupOutline>({ ...item, members, collapsed: entry.given['collapsed'] === true }, item.name)
}

function readVariant(register: Register, entry: Entry): VariantOutline {
  const item = common('variant', entry)
  return register.add<VariantOutline>({ ...item, cni: asText(entry.given['cni'], 'none'), index: entry.index }, item.name)
}

function readTraffic(register: Register, entry: Entry): TrafficOutline {
  const item = common('traffic', entry)
  return register.add<TrafficOutline>({ ...item, trafficKind: asText(entry.given['kind']) }, item.name)
}

function readFault(register: Register, links: readonly LinkOutline[], { given, path, index }: Entry): FaultOutline {
  const ends = asList(given['link']).map((end) => asText(end))
  const pair = pairOf(ends)
  const hitLinks = ends.length === 0 ? [] : links.filter(({ endNames }) => pairOf(endNames) === pair)
  const named: readonly ObjectId[] = [
    ...[given['node'], ...asList(given['nodes'])].map((name): ObjectId => `node:${asText(name)}`),
    `workload:${asText(given['pod']).replace(/-\d+$/u, '')}`,
    `service:${asText(given['service'])}`,
    `policy:${asText(given['policy'])}`,
  ]
  return register.add<FaultOutline>({
    kind: 'fault', name: faultTitle(given), element: { kind: 'fault', index }, path, given,
    faultKind: asText(given['kind']),
    hits: [...hitLinks.map(({ id }) => id), ...named.filter((id) => register.byId.has(id))],
  }, String(index))
}

/** Counts links between the same two things, and knows where each is bent. */
class Lines {
  readonly #bends: ReadonlyMap<string, LinkBend['points']>
  readonly #counts = new Map<string, number>()

  constructor(view: Given) {
    this.#bends = new Map(asList(view['bends']).map(asObject).map((bend) => [
      `${pairOf(asList(bend['ends']).map((end) => asText(end)))} ${asNumber(bend['number'], 0)}`,
      asList(bend['points']).map(asObject).map(({ x, y }) => ({ x: asNumber(x, 0), y: asNumber(y, 0) })),
    ]))
  }

  next(ends: readonly string[]): Pick<LinkOutline, 'number' | 'bends'> {
    const pair = pairOf(ends)
    const number = this.#counts.get(pair) ?? 0
    this.#counts.set(pair, number + 1)
    return { number, bends: this.#bends.get(`${pair} ${number}`) ?? [] }
  }
}

function pairOf(ends: readonly string[]): string {
  return JSON.stringify(ends.toSorted())
}

function readLink(register: Register, lines: Lines, entry: Entry): LinkOutline {
  const [a, b] = asList(entry.given['ends'])
  const endNames = [asText(a), asText(b)] as const
  return register.add<LinkOutline>({
    kind: 'link',
    name: endNames.join(' – '),
    element: { kind: 'link', index: entry.index },
    path: entry.path,
    given: entry.given,
    ends: [`switch:${endNames[0]}`, `switch:${endNames[1]}`],
    endNames,
    rate: asText(entry.given['rate'], '100Gbit'),
    ...lines.next(endNames),
  }, endNames.join('~'))
}

function readUplinks(register: Register, lines: Lines, node: NodeOutline): readonly LinkOutline[] {
  return entries(node.given['uplinks'], [...node.path, 'uplinks']).map((entry) => {
    const target = asText(entry.given['switch'])
    return register.add<LinkOutline>({
      kind: 'uplink',
      name: `${node.name} – ${target}`,
      element: { kind: 'uplink', node: node.name, index: entry.index },
      path: entry.path,
      given: entry.given,
      ends: [node.id, `switch:${target}`],
      endNames: [node.name, target],
      rate: asText(entry.given['rate'], node.rate),
      ...lines.next([node.name, target]),
    }, `${node.name}~${target}`)
  })
}

function readAttachment(register: Register, lines: Lines, host: ExternalOutline): readonly LinkOutline[] {
  if (host.attach === undefined) return []
  return [
    register.add<LinkOutline>({
      kind: 'attachment',
      name: `${host.name} – ${host.attach}`,
      element: host.element,
      path: host.path,
      given: host.given,
      ends: [host.id, `switch:${host.attach}`],
      endNames: [host.name, host.attach],
      rate: asText(host.given['rate'], '100Gbit'),
      ...lines.next([host.name, host.attach]),
    }, host.name),
  ]
}

function readPlaces(view: Given): Readonly<Record<PlacedKind, ReadonlyMap<string, Placement>>> {
  const read = (kind: PlacedKind): ReadonlyMap<string, Placement> =>
    new Map(Object.entries(asObject(view[kind])).flatMap(([name, value]) => {
      const placement = readPlacement(value)
      return placement === undefined ? [] : [[name, placement] as const]
    }))
  return {
    racks: read('racks'),
    switches: read('switches'),
    nodes: read('nodes'),
    workloads: read('workloads'),
    external: read('external'),
    namespaces: read('namespaces'),
    objects: read('objects'),
  }
}

function readPlacement(value: unknown): Placement | undefined {
  const given = asObject(value)
  const x = asNumber(given['x'], undefined)
  const y = asNumber(given['y'], undefined)
  if (x === undefined || y === undefined) return undefined
  const width = asNumber(given['width'], undefined)
  const height = asNumber(given['height'], undefined)
  return {
    x, y,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(given['locked'] === true ? { locked: true } : {}),
    ...(given['collapsed'] === true ? { collapsed: true } : {}),
  }
}
