import { computed, markRaw, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { explain, type Explanation } from '#shared/analysis/index'
import { chartRun, type ChartRun } from '#shared/charts/index'
import type { RunData } from '#shared/contract/run-messages'

/** What the whole Results screen shares. */
export interface Comparison {
  readonly run: ComputedRef<ChartRun>
  readonly explanations: ComputedRef<readonly Explanation[]>
  /** Name of the variant that others are compared with. */
  readonly baseline: Ref<string>
  /** Name of the traffic entry that charts of one entry show. */
  readonly traffic: Ref<string>
  /** Names of variants that are not drawn. */
  readonly hidden: ShallowRef<ReadonlySet<string>>
}

/** Compares the variants of a run. A choice is kept from run to run where the next one has it too. */
export function useComparison(data: () => RunData): Comparison {
  const baseline = ref('')
  const traffic = ref('')
  const hidden = shallowRef<ReadonlySet<string>>(new Set())

  const run = computed(() => {
    const { result, series, entry } = data()
    const { labVariants, warmupSeconds } = entry
    return markRaw(chartRun({ result, series, labVariants, warmupSeconds, baseline: baseline.value }))
  })
  const explanations = computed(() => explain(run.value.result, run.value.figures, run.value.baseline))

  watch(
    run,
    ({ baseline: fallback, traffic: entries, variants }) => {
      const names = variants.map((variant) => variant.name)
      if (!names.includes(baseline.value)) baseline.value = fallback
      if (!entries.includes(traffic.value)) traffic.value = entries[0] ?? ''
      hidden.value = new Set([...hidden.value].filter((name) => names.includes(name)))
    },
    { immediate: true },
  )

  return { run, explanations, baseline, traffic, hidden }
}
