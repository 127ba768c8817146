import type { TraceHop } from '#shared/contract/trace'
import { dissectPacket, type CaptureLink, type DissectedField, type DissectedHeader } from '#shared/wire/index'

import { commonSubsequence } from './common-subsequence'
import { hopBytes } from './hop-bytes'

/** The packet at a hop, against the hop before. */
export interface ReadHop {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: readonly ReadHeader[]
  /** Layers that were there before and are not any more, outermost first. */
  readonly removed: readonly string[]
}

/** A header; a payload is one without fields. */
export interface ReadHeader {
  readonly layer: string
  /** Place in the bytes. */
  readonly start: number
  readonly length: number
  /** It was not there before. */
  readonly added: boolean
  readonly fields: readonly ReadField[]
}

/** A field of a header. */
export interface ReadField extends DissectedField {
  /** What it was before, where that was another value. */
  readonly before?: string
}

/**
 * Reads the packet at a hop. `before` is the hop before it on the same way; without one nothing counts as changed.
 * Headers are recognised from the innermost outwards: what encapsulation puts on is new, what was inside stays itself.
 */
export function readHop(hop: TraceHop, before?: TraceHop): ReadHop {
  const bytes = hopBytes(hop)
  if (before === undefined) return readFrame(bytes, hop.linkType)
  const headers = dissectPacket(bytes, hop.linkType)
  const earlier = dissectPacket(hopBytes(before), before.linkType)
  const matches = new Map(innermostFirst(headers, earlier))
  const kept = new Set(matches.values())
  return {
    bytes,
    headers: headers.map((header, index) => readHeader(header, earlier[matches.get(index) ?? -1])),
    removed: earlier.filter((_, index) => !kept.has(index)).map(({ layer }) => layer),
  }
}

/** Reads a frame by itself. */
export function readFrame(bytes: Uint8Array<ArrayBuffer>, link: CaptureLink): ReadHop {
  return { bytes, headers: dissectPacket(bytes, link).map((header) => ({ ...header, added: false })), removed: [] }
}

/** Which header was which one before, by their places. */
function innermostFirst(now: readonly DissectedHeader[], earlier: readonly DissectedHeader[]): (readonly [number, number])[] {
  const layers = (headers: readonly DissectedHeader[]): string[] => headers.map(({ layer }) => layer).toReversed()
  return commonSubsequence(layers(now), layers(earlier)).map(([a, b]) => [now.length - 1 - a, earlier.length - 1 - b])
}

function readHeader(header: DissectedHeader, before: DissectedHeader | undefined): ReadHeader {
  if (before === undefined) return { ...header, added: true }
  return {
    ...header,
    added: false,
    fields: header.fields.map((field, index) => {
      const was = before.fields[index]?.name === field.name ? before.fields[index] : before.fields.find(({ name }) => name === field.name)
      return was === undefined || was.value === field.value ? field : { ...field, before: was.value }
    }),
  }
}
