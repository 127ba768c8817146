import type { ReadHop } from '#shared/trace/index'

/** What is known of a byte. */
export interface ByteMark {
  readonly hex: string
  /** As ASCII, or a dot. */
  readonly sign: string
  /** Place of its header among the headers. */
  readonly header: number
  /** Key of the narrowest field it belongs to, as `fieldKey` makes it; its header's where it belongs to none. */
  readonly key: string
  readonly isChanged: boolean
  readonly isAdded: boolean
}

/** Names a header, or a field of it, within a packet. */
export function fieldKey(header: number, field?: number): string {
  return field === undefined ? `${header}` : `${header}.${field}`
}

/** Tells of every byte where it belongs and whether it is new. */
export function byteMarks({ bytes, headers }: ReadHop): readonly ByteMark[] {
  const marks = Array.from(bytes, (byte): ByteMark => ({
    hex: byte.toString(16).padStart(2, '0'),
    sign: byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·',
    header: -1,
    key: '',
    isChanged: false,
    isAdded: false,
  }))
  headers.forEach(({ start, length, added, fields }, header) => {
    mark(marks, start, length, { header, key: fieldKey(header), isAdded: added })
    // Narrow fields come last, so that a byte belongs to the flag that it is, and not to the word around it.
    const numbered = fields.map((field, index) => ({ ...field, index })).toSorted((a, b) => b.length - a.length)
    for (const field of numbered) mark(marks, field.start, field.length, { key: fieldKey(header, field.index) })
    for (const field of numbered.filter(({ before }) => before !== undefined)) mark(marks, field.start, field.length, { isChanged: true })
  })
  return marks
}

function mark(marks: ByteMark[], start: number, length: number, part: Partial<ByteMark>): void {
  for (let at = start; at < Math.min(start + length, marks.length); at += 1) marks[at] = { ...marks[at]!, ...part }
}

/** Which bytes a key of `fieldKey` names: from, and until before. */
export function bytesOfKey({ headers }: ReadHop, key: string | undefined): readonly [number, number] {
  const [header, field] = (key ?? '').split('.')
  const place = field === undefined ? headers[Number(header || -1)] : headers[Number(header)]?.fields[Number(field)]
  return place === undefined ? [0, 0] : [place.start, place.start + place.length]
}
