import { frameBytes, frameSummary, matchesFilter, parseFilter, visibleHeaders, type CapturedFrames, type FrameSummary } from '#shared/capture/index'
import { SECOND_NS } from '#shared/units/index'
import { parsePacket } from '#shared/wire/index'

/** A frame as a line of the list. */
export interface FrameLine extends FrameSummary {
  /** Its number among all frames, from 0. */
  readonly frame: number
  readonly interface: string
  /** Simulated time, in seconds with nine digits. */
  readonly time: string
  readonly length: number
  readonly comment: string
}

/** What a line says of a frame. */
export function frameLine(frames: CapturedFrames, frame: number): FrameLine {
  const on = frames.interfaces[frames.on[frame]!]!
  return {
    ...frameSummary(parsePacket(frameBytes(frames, frame), on.link)),
    frame,
    interface: on.name,
    time: (frames.atNs[frame]! / SECOND_NS).toFixed(9),
    length: frames.originalLength[frame]!,
    comment: frames.comments[frames.comment[frame]!]!,
  }
}

/** What a search found, and how its words were understood. */
export interface FoundFrames {
  readonly numbers: readonly number[]
  readonly read: 'nothing' | 'filter' | 'text'
}

/**
 * The frames that a search lets through: as a filter where it can be read as one, otherwise those whose line, interface or
 * comment has the words in it.
 */
export function foundFrames(frames: CapturedFrames, search: string): FoundFrames {
  const all = Array.from({ length: frames.count }, (_, frame) => frame)
  const words = search.trim()
  if (words === '') return { numbers: all, read: 'nothing' }
  const filter = parseFilter(words)
  if (typeof filter !== 'string') {
    const isThrough = (frame: number): boolean =>
      matchesFilter(filter, visibleHeaders(parsePacket(frameBytes(frames, frame), frames.interfaces[frames.on[frame]!]!.link)))
    return { numbers: all.filter(isThrough), read: 'filter' }
  }
  const wanted = words.toLowerCase()
  const isFound = (frame: number): boolean => {
    const { source, destination, protocol, info, comment, interface: name } = frameLine(frames, frame)
    return [source, destination, protocol, info, comment, name].some((text) => text.toLowerCase().includes(wanted))
  }
  return { numbers: all.filter(isFound), read: 'text' }
}
