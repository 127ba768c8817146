import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { stringify } from 'csv-stringify'

import { writeAtomically } from '#main/documents/write-atomically'
import type { RunData, VariantSeries } from '#shared/contract/run-messages'
import { BITS_PER_BYTE, SECOND_NS } from '#shared/units/index'

/** The columns of `series.csv`: long form, one figure a row, which every tool reads without being told the shape. */
const columns = ['variant', 'seed', 't_ns', 'metric', 'name', 'unit', 'value'] as const

/** A row of `series.csv`. `t_ns` is where its bin of simulated time begins. */
export type SeriesRow = readonly [
  variant: string,
  seed: number,
  tNs: number,
  metric: 'goodput' | 'busy_cores' | 'dropped' | 'dropped_for' | 'dropped_of',
  name: string,
  unit: 'bit/s' | 'cores' | 'packets',
  value: number,
]

/** All figures over time of some series of a run of `durationNs`. */
export function* seriesRows(all: readonly VariantSeries[], durationNs: number): Generator<SeriesRow> {
  for (const { variant, seed, series } of all) {
    const { binNs, binCount, deliveredBytes, busyNs, dropped, droppedBy = [], droppedOf = [] } = series
    for (let bin = 0; bin < binCount; bin++) {
      const from = bin * binNs
      // The last bin ends with the run.
      const widthNs = Math.min(binNs, durationNs - from)
      for (const { name, bytes } of deliveredBytes) {
        yield [variant, seed, from, 'goodput', name, 'bit/s', (bytes[bin]! * BITS_PER_BYTE * SECOND_NS) / widthNs]
      }
      for (const { node, ns } of busyNs) yield [variant, seed, from, 'busy_cores', node, 'cores', ns[bin]! / widthNs]
      yield [variant, seed, from, 'dropped', '', 'packets', dropped[bin]!]
      for (const { reason, packets } of droppedBy) yield [variant, seed, from, 'dropped_for', reason, 'packets', packets[bin]!]
      for (const { name, reason, packets } of droppedOf) yield [variant, seed, from, 'dropped_of', `${name}: ${reason}`, 'packets', packets[bin]!]
    }
  }
}

/** Writes the figures over time of a run as CSV (RFC 4180). Rejects with the file system's error. */
export async function writeSeriesCsv(file: string, { entry, series }: Pick<RunData, 'entry' | 'series'>): Promise<void> {
  const rows = Readable.from(seriesRows(series, entry.durationSeconds * SECOND_NS))
  const csv = stringify({ header: true, columns: [...columns], record_delimiter: 'windows' })
  await pipeline(rows, csv, (text: AsyncIterable<Uint8Array>) => writeAtomically(file, text))
}
