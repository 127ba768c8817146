import { readFile } from 'node:fs/promises'

import { reasonOf } from '#main/documents/read-document'
import {
  bgpVectorSchema,
  BgpVectorError,
  prefixOfKey,
  readVector,
  runVector,
  type FibEntry,
  type MessageCounts,
  type PrefixKey,
} from '#main/simulation/bgp/index'
import { formatIpv4Address, formatIpv4Prefix } from '#shared/units/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { type Terminal, toJson } from './terminal'
import { textTable } from './text-table'

/** What `cni-lab routes` is given. */
export interface RoutesOptions {
  readonly vectors?: string
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
  }[]
}

/** Timers of BGP are jittered; a file is always simulated with these. */
const SEED = 1

/** `cni-lab routes`: kernel routes and messages of a vector file. Throws a {@link CliError} where it can't be read. */
export async function routesCommand(options: RoutesOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.vectors === undefined) throw new CliError('routes.nothing', 'Name a vector file with --vectors.')
  const result = await routesOfVectors(options.vectors)
  terminal.out(options.json ? toJson(result) : routesText(result))
  return EXIT.done
}

async function routesOfVectors(file: string): Promise<RoutesResult> {
  const parsed = bgpVectorSchema.safeParse(await readJson(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new CliError('vectors.invalid', `${file}: ${issue!.path.join('.') || 'the file'}: ${issue!.message}`)
  }
  try {
    const { convergedAtNs, observedAtNs, nodes } = runVector(readVector(parsed.data), SEED)
    return {
      schema: 'cnilab/routes/v1',
      convergedAtSeconds: convergedAtNs / 1e9,
      observedAtSeconds: observedAtNs / 1e9,
      nodes: nodes.map(({ name, fib, messages }) => ({ name, fib: fibText(fib), messages })),
    }
  } catch (error) {
    if (error instanceof BgpVectorError) throw new CliError('vectors.invalid', `${file}: ${error.message}`)
    throw error
  }
}

async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new CliError('vectors.unreadable', `${file} can't be read: ${reasonOf(error)}.`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new CliError('vectors.invalid', `${file} is not JSON.`)
  }
}

/** Rows by prefix, in order of addresses. */
function fibText(fib: ReadonlyMap<PrefixKey, FibEntry>): Record<string, string[]> {
  const rows = [...fib].toSorted(([a], [b]) => a - b)
  return Object.fromEntries(rows.map(([key, entry]) => [formatIpv4Prefix(prefixOfKey(key)), nextHopsOf(entry)]))
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

function routesText({ convergedAtSeconds, observedAtSeconds, nodes }: RoutesResult): string {
  const rows = nodes.flatMap(({ name, fib }) =>
    Object.entries(fib).map(([prefix, hops], index) => [index === 0 ? name : '', prefix, hops.join(', ') || 'connected']),
  )
  const left = (heading: string) => ({ heading, align: 'left' as const })
  const right = (heading: string) => ({ heading, align: 'right' as const })
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
  ].join('')
}
