import { tracePacket, type TraceRequest } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import { hasErrors, parseLab, placeFindings, type ManifestFiles, type Problem } from '#shared/lab/index'

/** A packet to be traced through a variant of a lab. */
export interface TraceTask extends TraceRequest {
  /** The lab file's text. */
  readonly text: string
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
}

/** Why there is no trace. */
export interface TraceRefusal {
  readonly code: 'lab.invalid' | 'trace.refused'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a trace task comes to. */
export type TraceOutcome =
  | { readonly ok: true; readonly trace: Trace }
  | { readonly ok: false; readonly refusal: TraceRefusal }

/** The task of tracing a packet: reads the lab, plans the variant and walks the packet through it. */
export function traceInLab({ text, files, ...request }: TraceTask): TraceOutcome {
  const { lab, document, problems } = parseLab(text, files)
  if (!lab || !document || hasErrors(problems)) return invalid(problems)
  const traced = tracePacket(lab, request)
  if ('trace' in traced) return { ok: true, trace: traced.trace }
  if ('findings' in traced) return invalid(placeFindings(document, [...traced.findings]))
  return { ok: false, refusal: { code: 'trace.refused', message: traced.refused, problems: [] } }
}

function invalid(problems: readonly Problem[]): TraceOutcome {
  const first = problems.find(({ severity }) => severity === 'error')
  const message = `The lab has errors, and no packet goes through it${first === undefined ? '.' : `: ${first.message}`}`
  return { ok: false, refusal: { code: 'lab.invalid', message, problems } }
}
