import { z } from 'zod'

import { isDistribution, MEASURED_SIZES, type MeasuredSizes, type MessageSize, type SizeDistribution } from '#shared/lab/index'
import { SIZE_FORM, type SizeTable } from '#shared/plan/index'

import flowSizesFile from '../../../resources/traffic/flow-sizes.json'
import { RowSet } from './row-set'
import { starts } from './starts'

const point = z.tuple([z.number().int().positive(), z.number().min(0).max(1)])

const flowSizesSchema = z.strictObject({
  schema: z.literal('cnilab/flow-sizes/v1'),
  distributions: z.record(
    z.enum(MEASURED_SIZES),
    z.strictObject({ source: z.string().min(1), points: z.array(point).min(2) }),
  ),
})

const MEASURED = flowSizesSchema.parse(flowSizesFile).distributions

/**
 * Mean size of messages, bytes; of a Pareto distribution without the cut that the engine makes at its far end. 0 where
 * there are none.
 */
export function meanBytes(size: MessageSize | undefined): number {
  if (!isDistribution(size)) return size ?? 0
  return 'mean' in size ? size.mean : tableMean(size.form)
}

/** Between points sizes are spread evenly, so each step's mean is its middle. */
function tableMean(form: MeasuredSizes): number {
  return MEASURED[form].points.reduce((sum, [bytes, share], index, points) => {
    const [before, below] = points[index - 1] ?? [bytes, 0]
    return sum + ((bytes + before) / 2) * (share - below)
  }, 0)
}

/** Row that stands for messages of one size. */
export const ONE_SIZE = -1

/** Collects the distributions that flows draw sizes from; equal ones once. */
export class MessageSizes {
  private readonly sizes = new RowSet<SizeDistribution>()

  /** The row of a size; {@link ONE_SIZE} for a constant one. */
  row(size: MessageSize | undefined): number {
    return isDistribution(size) ? this.sizes.numberOf(size) : ONE_SIZE
  }

  /** The columns of the plan. */
  finish(): SizeTable {
    const { rows } = this.sizes
    const points = rows.map(({ form }) => (form in MEASURED ? MEASURED[form as MeasuredSizes].points : []))
    return {
      count: rows.length,
      form: Uint8Array.from(rows, ({ form }) => (form in MEASURED ? SIZE_FORM.table : SIZE_FORM[form as 'pareto'])),
      scale: Float64Array.from(rows, scaleOf),
      shape: Float64Array.from(rows, (row) => (row.form === 'pareto' ? row.shape : 0)),
      first: starts(points.map(({ length }) => length)),
      pointBytes: Float64Array.from(points.flat(), ([bytes]) => bytes),
      pointShare: Float64Array.from(points.flat(), ([, share]) => share),
    }
  }
}

/** A Pareto distribution of mean m and shape a begins at m (a − 1) / a. */
function scaleOf(row: SizeDistribution): number {
  if (row.form === 'pareto') return (row.mean * (row.shape - 1)) / row.shape
  return row.form === 'exponential' ? row.mean : 0
}
