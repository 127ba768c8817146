import type { PredictionPoint } from '#shared/charts/index'

import type { RowRecord } from './calibration'

/** Plugins that keys of published tables begin with; the rest is the bare host. */
const PLUGINS = ['calico', 'cilium', 'flannel'] as const

/** The rows of a table that have a ratio on both sides, as marks of a chart. */
export function predictionPoints(rows: readonly RowRecord[]): PredictionPoint[] {
  return rows.flatMap(({ predicted, measuredRatio, predictedRatio, key, use, ...row }) =>
    predicted === null || measuredRatio === null || predictedRatio === null
      ? []
      : [{ ...row, predicted, measuredRatio, predictedRatio, label: key, series: pluginOf(key), scored: use === 'score' }],
  )
}

function pluginOf(key: string): string {
  return PLUGINS.find((plugin) => key.includes(plugin)) ?? 'host'
}
