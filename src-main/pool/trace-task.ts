import { tracePacket, type TraceRequest } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import { hasErrors, parseLab, placeFindings } from '#shared/lab/index'

import { invalidLab, type LabAnswer, type LabText } from './lab-answer'

/** A packet to be traced through a variant of a lab. */
export interface TraceTask extends TraceRequest, LabText {}

/** What comes of errors in the lab. */
const CONSEQUENCE = 'no packet goes through it'

/** The task of tracing a packet: reads the lab, plans the variant and walks the packet through it. */
export function traceInLab({ text, files, ...request }: TraceTask): LabAnswer<Trace, 'trace.refused'> {
  const { lab, document, problems } = parseLab(text, files)
  if (!lab || !document || hasErrors(problems)) return { ok: false, refusal: invalidLab(problems, CONSEQUENCE) }
  const traced = tracePacket(lab, request)
  if ('trace' in traced) return { ok: true, value: traced.trace }
  if ('findings' in traced) return { ok: false, refusal: invalidLab(placeFindings(document, [...traced.findings]), CONSEQUENCE) }
  return { ok: false, refusal: { code: 'trace.refused', message: traced.refused, problems: [] } }
}
