import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { ComparisonFacts } from '#shared/contract/comparison'

/** What is looked at of a run's results: what was measured, or the comparison in seven rows. */
export type ResultsSide = 'measured' | 'rows'

/** What the variants of a run are built of; it never changes, so it is asked for once. */
export const useComparisonStore = defineStore('comparison', () => {
  const side = ref<ResultsSide>('measured')
  /** The run that was asked about last. */
  const runId = ref('')
  const facts = shallowRef<ComparisonFacts>()
  /** Why there are none. */
  const refusal = shallowRef<CallError>()
  const busy = ref(false)

  /** Finds out about a run, unless that is known. */
  async function find(id: string): Promise<void> {
    if (id === runId.value && refusal.value === undefined) return
    runId.value = id
    facts.value = undefined
    refusal.value = undefined
    busy.value = true
    const answer = await labBridge().compareRun({ runId: id })
    if (runId.value !== id) return
    busy.value = false
    if (answer.ok) facts.value = answer.value
    else refusal.value = answer.error
  }

  return { side, facts, refusal, busy, find }
})
