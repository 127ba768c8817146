import { writePcapng } from '../wire/index'
import { frameBytes, type CapturedFrames } from './captured-frames'

/** A PCAPNG file of frames, or of some of them: their numbers, in order. */
export function captureFileOf(frames: CapturedFrames, chosen?: readonly number[]): Uint8Array {
  const numbers = chosen ?? Array.from({ length: frames.count }, (_, frame) => frame)
  const interfaces = frames.interfaces.map(({ name, description, link, speed, overwritten }) => ({
    name,
    description: overwritten === 0 ? description : `${description}; ${overwritten} earlier packets made room for these`,
    link,
    ...(speed !== undefined && { speed }),
  }))
  const packets = numbers.map((frame) => ({
    on: frames.on[frame]!,
    atNs: frames.atNs[frame]!,
    bytes: frameBytes(frames, frame),
    originalLength: frames.originalLength[frame]!,
    comment: frames.comments[frames.comment[frame]!]!,
  }))
  return writePcapng(interfaces, packets)
}
