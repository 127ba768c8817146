import { z } from 'zod'

import type { VariantSeries } from '#shared/contract/run-messages'

/**
 * Series as two files: an index in JSON, and all figures in one block of 64-bit floats, which is written and read
 * without touching each. The byte order is the machine's: kept runs stay on the machine that made them.
 */
export interface SeriesFiles {
  readonly index: string
  readonly figures: Uint8Array
}

const length = z.int().min(0)
const histogram = z.strictObject({
  slots: z.array(z.int()),
  counts: z.array(z.number()),
  count: z.number(),
  sum: z.number(),
  min: z.number(),
  max: z.number(),
})

/** Arrays of figures are given by their lengths; they lie in the block in the order in which they stand here. */
export const seriesIndexSchema = z.array(
  z.strictObject({
    variant: z.string(),
    seed: z.int(),
    binNs: z.number(),
    binCount: z.int(),
    deliveredBytes: z.array(z.strictObject({ name: z.string(), bytes: length })),
    busyNs: z.array(z.strictObject({ node: z.string(), ns: length })),
    dropped: length,
    droppedBy: z.array(z.strictObject({ reason: z.string(), packets: length })).optional(),
    droppedOf: z.array(z.strictObject({ name: z.string(), reason: z.string(), packets: length })).optional(),
    latency: z.array(z.strictObject({ name: z.string(), histogram })),
  }),
)

type SeriesIndex = z.infer<typeof seriesIndexSchema>

/** Writes series. */
export function encodeSeries(all: readonly VariantSeries[]): SeriesFiles {
  const arrays: Float64Array[] = []
  const put = (figures: Float64Array): number => {
    arrays.push(figures)
    return figures.length
  }
  const index: SeriesIndex = all.map(({ variant, seed, series }) => ({
    variant,
    seed,
    binNs: series.binNs,
    binCount: series.binCount,
    deliveredBytes: series.deliveredBytes.map(({ name, bytes }) => ({ name, bytes: put(bytes) })),
    busyNs: series.busyNs.map(({ node, ns }) => ({ node, ns: put(ns) })),
    dropped: put(series.dropped),
    ...(series.droppedBy && { droppedBy: series.droppedBy.map(({ reason, packets }) => ({ reason, packets: put(packets) })) }),
    ...(series.droppedOf && { droppedOf: series.droppedOf.map(({ packets, ...of }) => ({ ...of, packets: put(packets) })) }),
    latency: [...series.latency],
  }))
  const views = arrays.map((figures) => new Uint8Array(figures.buffer, figures.byteOffset, figures.byteLength))
  return { index: JSON.stringify(index), figures: Buffer.concat(views) }
}

/** Reads what `encodeSeries` wrote. Throws where the two files do not fit each other. */
export function decodeSeries(index: SeriesIndex, figures: Uint8Array): VariantSeries[] {
  const block = new Float64Array(Math.floor(figures.byteLength / Float64Array.BYTES_PER_ELEMENT))
  new Uint8Array(block.buffer).set(figures.subarray(0, block.byteLength))
  let place = 0
  const take = (count: number): Float64Array => {
    place += count
    if (place > block.length) throw new RangeError('the figures of the series end too early')
    return block.slice(place - count, place)
  }
  return index.map(({ variant, seed, binNs, binCount, ...entry }) => ({
    variant,
    seed,
    series: {
      binNs,
      binCount,
      deliveredBytes: entry.deliveredBytes.map(({ name, bytes }) => ({ name, bytes: take(bytes) })),
      busyNs: entry.busyNs.map(({ node, ns }) => ({ node, ns: take(ns) })),
      dropped: take(entry.dropped),
      ...(entry.droppedBy && { droppedBy: entry.droppedBy.map(({ reason, packets }) => ({ reason, packets: take(packets) })) }),
      ...(entry.droppedOf && { droppedOf: entry.droppedOf.map(({ packets, ...of }) => ({ ...of, packets: take(packets) })) }),
      latency: entry.latency,
    },
  }))
}
