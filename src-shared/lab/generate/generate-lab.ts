import { bitsPerSecond, formatBitsPerSecond } from '#shared/units/index'

import { generatorRanges, type GeneratorNumber, type GeneratorOptions, type GeneratorRange } from './generator-options'

/** A rack to be written. */
interface RackPlan {
  /** From 1. */
  readonly number: number
  readonly name: string
  readonly leaf: string
  readonly nodes: readonly { readonly name: string; readonly address: string }[]
}

/** Writes a lab as a file, with comments that say what it is. Numbers outside their ranges are brought into them. */
export function generateLab(given: GeneratorOptions): string {
  const options = withinRanges(given)
  const racks = plan(options)
  const flat = options.fabric === 'flat'
  const lines = [
    `# ${options.description || 'A generated lab'}: ${racks.length} × ${options.nodesPerRack} nodes, ${options.podsPerNode} pods each.`,
    'apiVersion: cnilab.dev/v1alpha1',
    'kind: Lab',
    `metadata: {name: ${quoted(options.name)}${options.description === '' ? '' : `, description: ${quoted(options.description)}`}}`,
    'spec:',
    '  fabric:',
    ...(flat ? [] : list('racks', racks.map(({ name }) => `{name: ${name}}`))),
    ...list('switches', switches(options, racks)),
    ...list('links', links(options, racks)),
    '  nodes:',
    ...racks.flatMap((rack) => rack.nodes.map((node) => `    - ${nodeLine(options, rack, node)}`)),
    '  cluster:',
    `    podCIDR: ${options.podCIDR}`,
    `    serviceCIDR: ${options.serviceCIDR}`,
    '    namespaces: [{name: default}]',
    ...workloads(options, racks),
    ...(options.hasExternal ? [`  external: [{name: client, address: 203.0.113.10, attach: ${topSwitches(options)[0] ?? racks[0]!.leaf}}]`] : []),
    '  variants:',
    '    - {name: host, cni: none}',
    '    - {name: calico-ipip, cni: calico}',
    '    - {name: cilium-vxlan, cni: cilium}',
    ...traffic(options),
    '  run: {duration: 200ms, warmup: 40ms, seeds: 3}',
  ]
  return `${lines.join('\n')}\n`
}

/** What a lab will hold, and how far its racks are from non-blocking, before it is written. */
export function describeGenerated(given: GeneratorOptions): { readonly nodes: number; readonly pods: number; readonly switches: number; readonly uplink: string } {
  const options = withinRanges(given)
  const racks = plan(options)
  const nodes = racks.length * options.nodesPerRack
  return { nodes, pods: nodes * options.podsPerNode, switches: switches(options, racks).length, uplink: uplinkRate(options) }
}

function withinRanges(options: GeneratorOptions): GeneratorOptions {
  const ranges = generatorRanges(options)
  const within = Object.fromEntries((Object.keys(ranges) as GeneratorNumber[]).map((key) => [key, nearest(options[key], ranges[key])]))
  return { ...options, ...within, ...(options.fabric === 'flat' && { racks: 1 }) }
}

/** The number of a range that is nearest to one given. */
function nearest(value: number, { least, most, whole }: GeneratorRange): number {
  const known = Number.isFinite(value) ? value : least
  return Math.max(least, Math.min(most, whole ? Math.round(known) : known))
}

function plan(options: GeneratorOptions): readonly RackPlan[] {
  let count = 0
  return Array.from({ length: options.racks }, (_, index): RackPlan => {
    const number = index + 1
    const values = { rack: String(number), letter: letterOf(index) }
    return {
      number,
      name: filled(options.rackNames, values),
      leaf: filled(options.switchNames, values),
      nodes: Array.from({ length: options.nodesPerRack }, (_unused, n) => {
        count += 1
        const own = { ...values, n: String(n + 1), i: String(count), host: String(n + 11) }
        return { name: filled(options.nodeNames, own), address: filled(options.addresses, own) }
      }),
    }
  })
}

function filled(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/gu, (whole, key: string) => values[key] ?? whole)
}

/** a, b, …, z, aa, ab, … */
function letterOf(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last
}

function switches(options: GeneratorOptions, racks: readonly RackPlan[]): readonly string[] {
  const { firstAsn, fabric } = options
  const asn = (number: number): string => (firstAsn === 0 ? '' : `, asn: ${number}`)
  const spineAsn = asn(firstAsn - 1)
  return [
    ...racks.map(({ leaf, name, number }) => `{name: ${leaf}, role: tor${fabric === 'flat' ? '' : `, rack: ${name}`}${asn(firstAsn + number - 1)}}`),
    ...podSpines(options).map(({ name }) => `{name: ${name}, role: spine${spineAsn}}`),
    ...topSwitches(options).map((name) => `{name: ${name}, role: spine${spineAsn}}`),
  ]
}

/** Of a Clos: the spines of each pod. */
function podSpines({ fabric, racks, racksPerPod, spines }: GeneratorOptions): readonly { readonly name: string; readonly pod: number; readonly plane: number }[] {
  if (fabric !== 'clos') return []
  return Array.from({ length: Math.ceil(racks / racksPerPod) }, (_, pod) =>
    Array.from({ length: spines }, (_unused, plane) => ({ name: `spine-${pod + 1}-${plane + 1}`, pod, plane }))).flat()
}

/** The switches on top: the spines, or of a Clos the super-spines, one for each plane. */
function topSwitches({ fabric, spines }: GeneratorOptions): readonly string[] {
  if (fabric === 'flat') return []
  return Array.from({ length: spines }, (_, index) => `${fabric === 'clos' ? 'super' : 'spine'}-${index + 1}`)
}

function links(options: GeneratorOptions, racks: readonly RackPlan[]): readonly string[] {
  const { fabric, delay, mtu, racksPerPod } = options
  // Room for the headers of tunnels, so that only the nodes bound what pods can send.
  const carried = Math.max(mtu, 9216)
  const link = (a: string, b: string): string => `{ends: [${a}, ${b}], rate: ${uplinkRate(options)}, delay: ${delay}, mtu: ${carried}}`
  if (fabric === 'leaf-spine') return racks.flatMap(({ leaf }) => topSwitches(options).map((spine) => link(leaf, spine)))
  const pods = podSpines(options)
  return [
    ...racks.flatMap(({ leaf, number }) => pods.filter(({ pod }) => pod === Math.floor((number - 1) / racksPerPod)).map(({ name }) => link(leaf, name))),
    ...pods.map(({ name, plane }) => link(name, topSwitches(options)[plane]!)),
  ]
}

/** What each uplink of a rack carries: what its nodes can send together, divided by oversubscription and uplinks. */
function uplinkRate({ nodesPerRack, nicGbit, oversubscription, spines }: GeneratorOptions): string {
  const bits = (nodesPerRack * nicGbit * 1e9) / oversubscription / spines
  return formatBitsPerSecond(bitsPerSecond(Math.max(1e6, Math.round(bits / 1e6) * 1e6)))
}

function nodeLine({ fabric, nicGbit, mtu, zones, delay }: GeneratorOptions, rack: RackPlan, node: RackPlan['nodes'][number]): string {
  const zone = zones === 0 ? '' : `, labels: {topology.kubernetes.io/zone: zone-${((rack.number - 1) % zones) + 1}}`
  const place = fabric === 'flat' ? '' : `, rack: ${rack.name}`
  const address = node.address === '' ? '' : `, address: ${node.address}`
  const uplink = fabric === 'flat' ? `{switch: ${rack.leaf}, delay: ${delay}}` : `{switch: ${rack.leaf}}`
  return `{name: ${node.name}${place}${address}${zone}, nic: {rate: ${formatBitsPerSecond(bitsPerSecond(Math.round(nicGbit * 1e9)))}, mtu: ${mtu}}, uplinks: [${uplink}]}`
}

function workloads({ podsPerNode }: GeneratorOptions, racks: readonly RackPlan[]): readonly string[] {
  const pods = podsPerNode * racks.reduce((sum, { nodes }) => sum + nodes.length, 0)
  if (pods === 0) return []
  const servers = Math.floor(pods / 2) || 1
  return [
    '    workloads:',
    `      - {name: client, namespace: default, labels: {app: client}, replicas: ${Math.max(1, pods - servers)}}`,
    `      - {name: server, namespace: default, labels: {app: server}, replicas: ${servers}, ports: [{name: data, port: 5201}]}`,
  ]
}

function traffic({ podsPerNode }: GeneratorOptions): readonly string[] {
  if (podsPerNode === 0) return []
  return [
    '  traffic:',
    '    - {name: bulk, kind: tcp-stream, from: {pod: default/client-0}, to: {pod: default/server-0, port: 5201}}',
    '    - {name: ping, kind: tcp-rr, from: {pod: default/client-0}, to: {pod: default/server-0, port: 5201}}',
  ]
}

function list(key: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`    ${key}:`, ...entries.map((entry) => `      - ${entry}`)]
}

function quoted(text: string): string {
  return /^[\w-]+$/u.test(text) ? text : JSON.stringify(text)
}
