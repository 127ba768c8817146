import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { ComparisonFacts } from '#shared/contract/comparison'

import { useWork } from './useWork'

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
  /** How far finding out is; undefined while nobody waits for it. */
  const { work, begin, end } = useWork('comparison')

  /** Finds out about a run, unless that is known. */
  async function find(id: string): Promise<void> {
    if (id === runId.value && refusal.value === undefined) return
    runId.value = id
    facts.value = undefined
    refusal.value = undefined
    begin()
    const answer = await labBridge().compareRun({ runId: id })
    if (runId.value !== id) return
    end()
    if (answer.ok) facts.value = answer.value
    else refusal.value = answer.error
  }

  /** Gives up finding out; what was measured can be compared without. */
  async function stop(): Promise<void> {
    await labBridge().stopComparison()
  }

  return { side, facts, refusal, work, find, stop }
})
