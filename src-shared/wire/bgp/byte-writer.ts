/** Collects bytes in network byte order. */
export class ByteWriter {
  private readonly written: number[] = []

  /** Bytes written so far. */
  get length(): number {
    return this.written.length
  }

  /** Writes numbers as a byte each; higher bits are cut off. */
  uint8(...values: readonly number[]): void {
    for (const value of values) this.written.push(value & 0xff)
  }

  /** Writes 16 bits. */
  uint16(value: number): void {
    this.uint8(value >>> 8, value)
  }

  /** Writes 32 bits. */
  uint32(value: number): void {
    this.uint8(value >>> 24, value >>> 16, value >>> 8, value)
  }

  /** Writes bytes as they are. */
  bytes(values: Uint8Array | readonly number[]): void {
    for (const value of values) this.written.push(value)
  }

  /** Writes what `write` does behind its length in so many bits. */
  counted(bits: 8 | 16, write: (out: ByteWriter) => void): void {
    const inner = new ByteWriter()
    write(inner)
    if (bits === 8) this.uint8(inner.length)
    else this.uint16(inner.length)
    this.bytes(inner.written)
  }

  /** Everything written. */
  finish(): Uint8Array {
    return Uint8Array.from(this.written)
  }
}
