import { tracePacket } from '#main/simulation/trace/index'
import type { Trace, TracedProtocol, TraceHop } from '#shared/contract/trace'
import { captureOf } from '#shared/trace/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { readLab } from './read-lab'
import { toJson, type Terminal } from './terminal'
import { left, right, textTable } from './text-table'
import { writeOutput } from './write-output'

/** What `cni-lab trace` is given. */
export interface TraceOptions {
  readonly variant: string
  readonly from: string
  readonly to: string
  readonly port?: number
  readonly protocol: TracedProtocol
  readonly ttl?: number
  readonly tos?: number
  readonly size?: number
  readonly df?: boolean
  readonly pcap?: string
  readonly json?: boolean
}

/** `cni-lab trace`: the way of a packet and its answer. Throws a {@link CliError} where there is nothing to trace. */
export async function traceCommand(file: string, options: TraceOptions, terminal: Terminal): Promise<ExitCode> {
  const lab = await readLab(file, terminal)
  const { ttl, tos, size, df } = options
  const result = tracePacket(lab, {
    ...options,
    ...(ttl !== undefined && { ttl }),
    ...(tos !== undefined && { trafficClass: tos }),
    ...(size !== undefined && { payloadBytes: size }),
    ...(df !== undefined && { dontFragment: df }),
  })
  if ('refused' in result) throw new CliError('trace.refused', result.refused)
  if ('findings' in result) {
    throw new CliError('lab.invalid', `${file}: ${result.findings.map(({ message, code }) => `${message} [${code}]`).join(' ')}`)
  }
  const { trace } = result
  if (options.pcap !== undefined) await writeOutput(options.pcap, captureOf([trace]))
  terminal.out(options.json ? toJson(trace) : traceText(trace))
  return EXIT.done
}

function traceText({ variant, verdict, reason, hops }: Trace): string {
  const ns = (direction: TraceHop['direction']) =>
    Math.round(hops.filter((hop) => hop.direction === direction).reduce((sum, { costNs }) => sum + costNs, 0))
  const rows = hops.map((hop, index) => [
    String(index + 1),
    hop.direction,
    hop.node,
    hop.device,
    hop.stage,
    hop.context,
    hop.context === 'switch' ? '' : String(Math.round(hop.costNs)),
    String(hop.hex.length / 2),
    [hop.change, hop.decidedBy, hop.counter].filter((note) => note !== undefined).join('; '),
  ])
  const columns = [
    right('#'),
    ...['direction', 'node', 'device', 'stage', 'context'].map(left),
    right('ns'),
    right('bytes'),
    left('what changes, what decides'),
  ]
  const outcome = reason === undefined ? verdict : `${verdict} (${reason})`
  return `${variant}: ${outcome}; ${ns('request')} ns of CPU there, ${ns('answer')} ns back\n\n${textTable(columns, rows)}`
}
