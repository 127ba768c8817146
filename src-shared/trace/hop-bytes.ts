import type { TraceHop } from '#shared/contract/trace'

const HEX_BYTE = /../gu

/** The bytes of the packet at a hop. */
export function hopBytes({ hex }: Pick<TraceHop, 'hex'>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(HEX_BYTE) ?? [], (byte) => parseInt(byte, 16))
}
