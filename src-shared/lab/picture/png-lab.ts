/*
 * A lab inside a PNG: an iTXt chunk before the end (PNG specification, third edition, 11.3.3.4), which viewers pass
 * over. Text is handed over as UTF-8 bytes.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const
const KEYWORD = 'CNI Lab'
/** Behind the keyword: its end, no compression, method 0, no language, no translated keyword. */
const HEAD_ZEROS = 5

/** Whether bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte)
}

/** The picture with a lab inside. Requires: `isPng`. */
export function withLabInPng(png: Uint8Array, text: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = png.length - 12
  const data = new Uint8Array(KEYWORD.length + HEAD_ZEROS + text.length)
  data.set(asciiBytes(KEYWORD))
  data.set(text, KEYWORD.length + HEAD_ZEROS)
  const chunk = chunkOf('iTXt', data)
  const result = new Uint8Array(png.length + chunk.length)
  result.set(png.subarray(0, end))
  result.set(chunk, end)
  result.set(png.subarray(end), end + chunk.length)
  return result
}

/** The lab inside a picture, as UTF-8 bytes; undefined where there is none or the file is damaged. */
export function labInPng(png: Uint8Array): Uint8Array | undefined {
  if (!isPng(png)) return undefined
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  for (let at = SIGNATURE.length; at + 12 <= png.length;) {
    const length = view.getUint32(at)
    const data = at + 8
    if (data + length + 4 > png.length) return undefined
    const type = String.fromCharCode(...png.subarray(at + 4, data))
    if (type === 'iTXt' && startsWith(png.subarray(data, data + length), KEYWORD)) {
      const crc = view.getUint32(data + length)
      return crc === crc32(png.subarray(at + 4, data + length)) ? png.slice(data + KEYWORD.length + HEAD_ZEROS, data + length) : undefined
    }
    at = data + length + 4
  }
  return undefined
}

function startsWith(data: Uint8Array, keyword: string): boolean {
  return asciiBytes(keyword).every((byte, index) => data[index] === byte) && data[keyword.length] === 0
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  chunk.set(asciiBytes(type), 4)
  chunk.set(data, 8)
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)))
  return chunk
}

function asciiBytes(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
}

/** CRC-32 as PNG has it (Annex D of its specification). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
