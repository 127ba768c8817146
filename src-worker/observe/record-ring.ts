import { CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES, type CaptureRecords } from '#shared/plan/index'

const FIRST_ROOM = 1024

/** The latest records of one point, at most `limit`. Memory grows with them and no further. */
export class RecordRing {
  /** Records that were ever added. */
  added = 0
  numbers = new Float64Array(0)
  headers = new Uint8Array(0)
  private readonly limit: number
  private room = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Makes room for a record, in place of the oldest where all is taken; returns its place. */
  add(): number {
    if (this.added === this.room && this.room < this.limit) this.grow()
    return this.added++ % this.room
  }

  /** The records, oldest first. */
  finish(): CaptureRecords {
    const count = Math.min(this.added, this.room)
    const oldest = this.added > this.room ? this.added % this.room : 0
    return {
      count,
      numbers: rotated(this.numbers.subarray(0, count * CAPTURE_COLUMNS), oldest * CAPTURE_COLUMNS),
      headers: rotated(this.headers.subarray(0, count * CAPTURE_HEADER_BYTES), oldest * CAPTURE_HEADER_BYTES),
      overwritten: this.added - count,
    }
  }

  private grow(): void {
    this.room = Math.min(this.limit, Math.max(FIRST_ROOM, this.room * 2))
    const { numbers, headers } = this
    this.numbers = new Float64Array(this.room * CAPTURE_COLUMNS)
    this.numbers.set(numbers)
    this.headers = new Uint8Array(this.room * CAPTURE_HEADER_BYTES)
    this.headers.set(headers)
  }
}

/** A copy that begins at `first` and goes round. */
function rotated<Column extends Float64Array | Uint8Array>(column: Column, first: number): Column {
  const copy = column.slice() as Column
  copy.set(column.subarray(first), 0)
  copy.set(column.subarray(0, first), column.length - first)
  return copy
}
