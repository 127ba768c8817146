import { planCapture, type PlannedCapture } from '#main/simulation/capture/index'
import { captureFileOf, parseFilter, type CapturedInterface } from '#shared/capture/index'
import { type ManifestFiles, parseLab } from '#shared/lab/index'
import type { CaptureRecords } from '#shared/plan/index'

import { CliError } from './cli-error'
import { writeOutput } from './write-output'

/** The options of `cni-lab run` about a capture. */
export interface CaptureOptions {
  readonly variant?: readonly string[]
  readonly seeds?: number
  readonly capture?: readonly string[]
  readonly filter?: string
  readonly snap?: number
  readonly pcap?: string
}

/** Bytes kept of each frame unless told otherwise: all headers, and some of the payload, which is zeros. */
const SNAP_LENGTH = 256

/** Throws a {@link CliError} where the options about a capture do not go together. */
export function checkCaptureOptions({ capture, filter, snap, pcap, variant, seeds }: CaptureOptions): void {
  const refuse = (message: string): never => {
    throw new CliError('capture.refused', message)
  }
  if (capture === undefined) {
    if (pcap !== undefined || filter !== undefined || snap !== undefined) refuse('--pcap, --filter and --snap need --capture NODE/DEVICE.')
    return
  }
  if (pcap === undefined) refuse('--capture needs --pcap FILE to write to.')
  if (variant?.length !== 1) refuse('--capture needs one --variant: one file holds one run.')
  if ((seeds ?? 1) !== 1) refuse('--capture runs one seed; leave --seeds out.')
}

/** Plans the capture that the options ask for; undefined where they ask for none. Requires: the lab is valid. */
export function captureFor(options: CaptureOptions, lab: { readonly text: string; readonly files: ManifestFiles }): PlannedCapture | undefined {
  const { capture, filter: filterText, variant, snap } = options
  if (capture === undefined) return undefined
  const filter = filterText === undefined ? undefined : parseFilter(filterText)
  if (typeof filter === 'string') throw new CliError('capture.refused', filter)
  const planned = planCapture(parseLab(lab.text, lab.files).lab!, {
    variant: variant![0]!,
    interfaces: capture,
    snapLength: snap ?? SNAP_LENGTH,
    ...(filter !== undefined && { filter }),
  })
  if ('refused' in planned) throw new CliError('capture.refused', planned.refused)
  if ('findings' in planned) throw new CliError('lab.invalid', planned.findings.map(({ message }) => message).join(' '))
  return planned
}

/** Writes a capture's file and returns what to say of it. */
export async function writeCapture(file: string, capture: PlannedCapture, records: readonly CaptureRecords[]): Promise<string> {
  const frames = capture.frames(records)
  await writeOutput(file, captureFileOf(frames))
  return frames.interfaces.map((each) => captureLine(file, each)).join('')
}

function captureLine(file: string, { name, frames, overwritten }: CapturedInterface): string {
  const lost = overwritten === 0 ? '' : `; ${overwritten} earlier packets made room for them (a filter keeps more)`
  return `cni-lab: ${file}: ${frames} frames on ${name}${lost}\n`
}
