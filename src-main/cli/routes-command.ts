import { ControlPlaneTooLarge, recordControlPlane, routesOfVariant, type LabNodeRoutes } from '#main/simulation/agents/index'
import {
  DEFAULT_LOCAL_PREF,
  prefixOfKey,
  sessionFrames,
  type FibEntry,
  type LoggedConnection,
  type MessageCounts,
  type PrefixKey,
  type Route,
  type VectorOutcome,
} from '#main/simulation/bgp/index'
import type { ControlPlaneRecord } from '#shared/contract/control-plane'
import type { Lab, Variant } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'
import { formatIpv4Address, formatIpv4Prefix, ipv4Address, type Nanos, SECOND_NS } from '#shared/units/index'
import { writePcapng } from '#shared/wire/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { chosenVariants, readLab } from './read-lab'
import { recordText } from './routes-record'
import { sizesOf, sizesText } from './routes-sizes'
import { answerVectors, type AddressResult } from './routes-vectors'
import { type Terminal, toJson } from './terminal'
import { left, right, textTable } from './text-table'
import { writeOutput } from './write-output'

/** What `cni-lab routes` is given. */
export interface RoutesOptions {
  readonly vectors?: string
  readonly variant?: string
  /** Time of the lab, ns. */
  readonly at?: Nanos
  /** Names of nodes of a lab; all where absent. */
  readonly node?: readonly string[]
  /** The control plane over the time of the run, beside the routes at one. */
  readonly record?: boolean
  /** A file for what BGP puts on the wire (PCAPNG). */
  readonly pcap?: string
  /** Numbers of nodes, to tell of the start of such clusters instead. */
  readonly sizes?: string
  readonly json?: boolean
}

/** `cnilab/routes/v1`: the kernel's routes of every node at a time, and what BGP sent until it had converged. */
interface RoutesResult {
  readonly schema: 'cnilab/routes/v1'
  readonly convergedAtSeconds: number
  readonly observedAtSeconds: number
  readonly nodes: readonly {
    readonly name: string
    /** Next hops by prefix; `blackhole` for own blocks, none for subnets the node is on. */
    readonly fib: Readonly<Record<string, readonly string[]>>
    readonly messages: MessageCounts
    /** Paths that BGP knows, best first, where the node speaks it. */
    readonly rib?: Readonly<Record<string, readonly PathText[]>>
  }[]
  readonly record?: ControlPlaneRecord
}

/** A path of a BGP table. */
interface PathText {
  readonly nextHop: string
  readonly from: string
  readonly asPath: readonly number[]
  readonly localPref: number
  readonly originatorId?: string
  readonly clusterList?: readonly string[]
  readonly stale?: true
}

/** Routes with the connections of BGP that brought them about. */
interface ObservedRoutes extends RoutesResult {
  readonly connections: readonly LoggedConnection[]
}

/** Tables of more nodes are only shown for those that are named: together they grow with the square of the nodes. */
const MAX_NODES_SHOWN = 1000
/** Timers of BGP are jittered; a file is always simulated with these. */
const SEED = 1

/**
 * `cni-lab routes`: kernel routes, BGP tables and messages of a lab's variant or of a vector file.
 * Throws a {@link CliError} where it can't be read or simulated.
 */
export async function routesCommand(file: string | undefined, options: RoutesOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.sizes !== undefined) {
    if (file === undefined) throw new CliError('routes.nothing', 'Name a lab and a variant with --sizes.')
    const lab = await readLab(file, terminal)
    const sizes = sizesOf(lab, variantOf(lab, options.variant), options.sizes)
    terminal.out(options.json ? toJson(sizes) : sizesText(sizes))
    return EXIT.done
  }
  const answer = await resultOf(file, options, terminal)
  if (!('connections' in answer)) {
    if (options.pcap !== undefined) throw new CliError('routes.no-sessions', 'Vectors of addresses have no BGP sessions for --pcap.')
    terminal.out(options.json ? toJson(answer) : addressText(answer))
    return EXIT.done
  }
  const { connections, ...result } = answer
  if (options.pcap !== undefined) await writeSessions(options.pcap, connections, terminal)
  terminal.out(options.json ? toJson(result) : routesText(result))
  return EXIT.done
}

async function resultOf(file: string | undefined, options: RoutesOptions, terminal: Terminal): Promise<ObservedRoutes | AddressResult> {
  if (file !== undefined && options.vectors !== undefined) {
    throw new CliError('routes.two-inputs', 'Name a lab or a vector file, not both.')
  }
  if (options.vectors !== undefined) {
    const answer = await answerVectors(options.vectors, SEED, options.pcap !== undefined)
    return 'observedAtNs' in answer ? observedOf(answer) : answer
  }
  if (file === undefined) throw new CliError('routes.nothing', 'Name a lab and a variant, or a vector file with --vectors.')
  return routesOfLab(file, options, terminal)
}

function observedOf({ convergedAtNs, observedAtNs, nodes, connections }: VectorOutcome): ObservedRoutes {
  return {
    connections,
    schema: 'cnilab/routes/v1',
    convergedAtSeconds: convergedAtNs / SECOND_NS,
    observedAtSeconds: observedAtNs / SECOND_NS,
    nodes: nodes.map(({ name, fib, messages }) => ({ name, fib: fibText(fib), messages })),
  }
}

async function routesOfLab(file: string, { variant: name, at, node: wanted, record = false, pcap }: RoutesOptions, terminal: Terminal): Promise<ObservedRoutes> {
  const lab = await readLab(file, terminal)
  const variant = variantOf(lab, name)
  const atNs = at ?? 0
  checkNodes(lab, wanted)
  try {
    const { convergedAtNs, nodes, findings, connections } = routesOfVariant(lab, variant, atNs, SEED, wanted, pcap !== undefined)
    const [wrong] = findings.filter(({ code }) => severityOf(code) === 'error')
    if (wrong !== undefined) throw new CliError('lab.invalid', `${file}: ${wrong.message} [${wrong.code}]`)
    return {
      connections,
      schema: 'cnilab/routes/v1',
      convergedAtSeconds: convergedAtNs / SECOND_NS,
      observedAtSeconds: atNs / SECOND_NS,
      nodes: nodes.map(({ name: node, fib, messages, rib }) => ({ name: node, fib: fibText(fib), messages, rib: ribText(rib) })),
      ...(record && { record: recordControlPlane(lab, variant, { seed: SEED, nodes: wanted }).record }),
    }
  } catch (error) {
    if (error instanceof ControlPlaneTooLarge) throw new CliError('routes.too-many-sessions', error.message)
    throw error
  }
}

function variantOf(lab: Lab, name: string | undefined): Variant {
  const variants = chosenVariants(lab, name === undefined ? undefined : [name])
  if (name !== undefined) return variants[0]!
  const names = variants.map((candidate) => candidate.name).join(', ')
  throw new CliError('routes.no-variant', `Name one of the lab's variants with --variant: ${names}.`)
}

/** Refuses names of nodes that the lab has not, and to show all of very many. */
function checkNodes(lab: Lab, wanted: readonly string[] | undefined): void {
  if (wanted === undefined && lab.nodes.length > MAX_NODES_SHOWN) {
    throw new CliError('routes.too-many-nodes', `The lab has ${lab.nodes.length} nodes; name those to show with --node.`)
  }
  const unknown = wanted?.find((name) => lab.nodes.every((node) => node.name !== name))
  if (unknown !== undefined) throw new CliError('routes.unknown-node', `The lab has no node ${JSON.stringify(unknown)}.`)
}

/** Writes BGP's sessions from the start of the speakers to the time observed. */
async function writeSessions(file: string, connections: readonly LoggedConnection[], terminal: Terminal): Promise<void> {
  const frames = sessionFrames(connections)
  const description = 'TCP port 179 of all nodes and switches, where it leaves its sender'
  await writeOutput(file, writePcapng([{ name: 'bgp', description, link: 'ethernet' }], frames))
  terminal.error(`cni-lab: ${file}: ${frames.length} frames of ${connections.length} connections\n`)
}

/** Rows by prefix, in order of addresses. */
function fibText(fib: ReadonlyMap<PrefixKey, FibEntry>): Record<string, string[]> {
  const rows = [...fib].toSorted(([a], [b]) => a - b)
  return Object.fromEntries(rows.map(([key, entry]) => [formatIpv4Prefix(prefixOfKey(key)), nextHopsOf(entry)]))
}

function ribText(rib: LabNodeRoutes['rib']): Record<string, PathText[]> {
  return Object.fromEntries(
    rib.map(({ key, routes }) => [formatIpv4Prefix(prefixOfKey(key)), routes.map((route) => pathText(route))]),
  )
}

function pathText({ attributes, peer, stale, session }: Route): PathText {
  const { nextHop, asPath, localPref, originatorId, clusterList } = attributes
  return {
    nextHop: formatIpv4Address(nextHop),
    from: session < 0 ? 'own' : formatIpv4Address(ipv4Address(peer)),
    asPath,
    localPref: localPref ?? DEFAULT_LOCAL_PREF,
    ...(originatorId !== undefined && { originatorId: formatIpv4Address(originatorId) }),
    ...(clusterList.length > 0 && { clusterList: clusterList.map(formatIpv4Address) }),
    ...(stale && { stale }),
  }
}

function nextHopsOf(entry: FibEntry): string[] {
  switch (entry.kind) {
    case 'blackhole':
      return ['blackhole']
    case 'connected':
      return []
    case 'via':
      return entry.gateways.map(formatIpv4Address)
  }
}

function addressText({ scenarios, go_reference: hosts }: AddressResult): string {
  const starts = hosts.flatMap(({ host, start_index_by_num_blocks: byCount }) =>
    Object.entries(byCount).map(([blocks, start], index) => [index === 0 ? host : '', blocks, String(start)]),
  )
  const claims = scenarios.flatMap(({ pool, claims_in_order: list }) =>
    list.map(({ host, start_index: start, block }, index) => [index === 0 ? pool : '', host, String(start), block ?? 'none left']),
  )
  return [
    textTable([left('node'), right('blocks'), right('begins at')], starts),
    '\n',
    textTable([left('pool'), left('node'), right('begins at'), left('block')], claims),
  ].join('')
}

function routesText({ convergedAtSeconds, observedAtSeconds, nodes, record }: RoutesResult): string {
  const rows = nodes.flatMap(({ name, fib }) =>
    Object.entries(fib).map(([prefix, hops], index) => [index === 0 ? name : '', prefix, hops.join(', ') || 'connected']),
  )
  return [
    `Converged after ${convergedAtSeconds.toFixed(3)} s; routes as of ${observedAtSeconds.toFixed(3)} s.\n\n`,
    textTable([left('node'), left('prefix'), left('next hops')], rows),
    '\n',
    textTable(
      [left('node'), right('OPEN'), right('UPDATE'), right('KEEPALIVE'), right('NOTIFICATION')],
      nodes.map(({ name, messages: { OPEN, UPDATE, KEEPALIVE, NOTIFICATION } }) => [
        name, String(OPEN), String(UPDATE), String(KEEPALIVE), String(NOTIFICATION),
      ]),
    ),
    ...(record === undefined ? [] : ['\n', recordText(record)]),
  ].join('')
}
