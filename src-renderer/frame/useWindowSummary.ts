import { computed, type ComputedRef } from 'vue'

import { useDocumentStore } from '#renderer/stores/document'
import { describe } from '#renderer/stores/edits/words'
import { asNumber, asObject, asText } from '#renderer/stores/given'
import { useSelectionStore } from '#renderer/stores/selection'
import { counted } from '#shared/analysis/index'

/** What the bars around the centre say about the lab. */
export interface WindowSummary {
  readonly errors: ComputedRef<number>
  readonly warnings: ComputedRef<number>
  readonly selection: ComputedRef<string>
  readonly contents: ComputedRef<string>
  readonly duration: ComputedRef<string>
  readonly seeds: ComputedRef<number>
}

/** Sums the lab up for title and status bar. */
export function useWindowSummary(): WindowSummary {
  const document = useDocumentStore()
  const selected = useSelectionStore()

  const count = (severity: 'error' | 'warning'): number => document.problems.filter((problem) => problem.severity === severity).length
  const run = computed(() => asObject(asObject(document.outline.lab.given['spec'])['run']))

  return {
    errors: computed(() => count('error')),
    warnings: computed(() => count('warning')),
    selection: computed(() => (selected.objects.length === 0 ? '' : `${describe(selected.objects)} selected`)),
    contents: computed(() => {
      const { switches, nodes, workloads } = document.outline
      const pods = workloads.reduce((sum, { replicas }) => sum + replicas, 0)
      return [counted(switches.length, 'switch', 'switches'), counted(nodes.length, 'node'), counted(pods, 'pod')].join(' · ')
    }),
    duration: computed(() => asText(run.value['duration'], '1s')),
    seeds: computed(() => asNumber(run.value['seeds'], 1)),
  }
}
