import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { Answer, CallError } from '#shared/contract/call'
import type { CaptureOrder } from '#shared/contract/capture'
import type { RunData, RunEntry, RunFinished, RunProgress, RunStarted } from '#shared/contract/run-messages'

import { LiveSamples } from './live-samples'

/** A run under way. */
export interface CurrentRun {
  readonly started: RunStarted
  /** What was seen of its tasks so far; `progress` of the store changes when it grows, at most once a frame. */
  readonly samples: LiveSamples
}

/** What to run. */
export interface RunOrder {
  /** Text of the lab. */
  readonly text: string
  /** Names of the variants to run; all where none are given. */
  readonly variants?: readonly string[]
  /** How many seeds; the lab's number where absent. */
  readonly seeds?: number
  /** What is captured on the way. */
  readonly capture?: CaptureOrder
}

/**
 * The runs of the app: the one under way, those kept, and the one whose results are shown. Results and series are big
 * and never change, so they stay outside Vue's deep reactivity.
 */
export const useRunsStore = defineStore('runs', () => {
  const entries = shallowRef<readonly RunEntry[]>([])
  const current = shallowRef<CurrentRun | null>(null)
  const progress = shallowRef<RunProgress | null>(null)
  const shownId = ref<string | null>(null)
  const shown = shallowRef<RunData | null>(null)
  /** Why the last start or opening of a run failed. */
  const refusal = shallowRef<CallError | null>(null)
  const starting = ref(false)
  const stopping = ref(false)

  const isRunning = computed(() => current.value !== null)
  const showsCurrent = computed(() => current.value !== null && shownId.value === current.value.started.runId)

  let frame = 0

  /** Follows runs for the life of the window, and reads which are kept. Returns what ends it. */
  function connect(): () => void {
    const bridge = labBridge()
    const endings = [bridge.on('runProgress', onProgress), bridge.on('runFinished', (finished) => void onFinished(finished))]
    void openNewest()
    return () => {
      cancelAnimationFrame(frame)
      for (const end of endings) end()
    }
  }

  async function openNewest(): Promise<void> {
    await refresh()
    const newest = entries.value.find((entry) => entry.outcome !== 'running')
    if (newest && shownId.value === null) await show(newest.runId)
  }

  async function refresh(): Promise<void> {
    const answer = await labBridge().listRuns()
    if (answer.ok) entries.value = answer.value
  }

  /** Starts a run and shows it. True where it was accepted; otherwise `refusal` says why not. */
  async function start({ text, variants, seeds, capture }: RunOrder): Promise<boolean> {
    if (starting.value || isRunning.value) return false
    starting.value = true
    refusal.value = null
    try {
      const answer = await labBridge().startRun({ text, ...(variants && { variants: [...variants] }), ...(seeds !== undefined && { seeds }), ...(capture && { capture }) })
      if (!answer.ok) {
        refusal.value = answer.error
        return false
      }
      begin(answer.value)
      await refresh()
      return true
    } finally {
      starting.value = false
    }
  }

  function begin(started: RunStarted): void {
    current.value = { started, samples: markRaw(new LiveSamples(started.tasks)) }
    progress.value = null
    shownId.value = started.runId
    shown.value = null
    const finished = early.get(started.runId)
    early.clear()
    if (finished) void onFinished(finished)
  }

  /** Ends of runs that came before the answer to their start. */
  const early = new Map<string, RunFinished>()

  /** Stops the run under way; its end follows as an event. */
  async function stop(): Promise<void> {
    if (!current.value) return
    stopping.value = true
    const answer = await labBridge().stopRun({ runId: current.value.started.runId })
    if (!answer.ok) stopping.value = false
  }

  function onProgress(look: RunProgress): void {
    if (look.runId !== current.value?.started.runId) return
    current.value.samples.add(look)
    if (frame !== 0) cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => {
      frame = 0
      progress.value = look
    })
  }

  async function onFinished(finished: RunFinished): Promise<void> {
    if (finished.runId !== current.value?.started.runId) {
      early.set(finished.runId, finished)
      return
    }
    await refresh()
    // What was drawn live stays in sight until the results are there.
    const answer = shownId.value === finished.runId ? await labBridge().getRun({ runId: finished.runId }) : null
    current.value = null
    progress.value = null
    stopping.value = false
    if (answer && shownId.value === finished.runId) present(answer)
  }

  /** Shows a run: the one under way as it goes on, another one's results. */
  async function show(runId: string): Promise<void> {
    shownId.value = runId
    shown.value = null
    refusal.value = null
    if (runId === current.value?.started.runId) return
    const answer = await labBridge().getRun({ runId })
    if (shownId.value === runId) present(answer)
  }

  function present(answer: Answer<RunData>): void {
    if (answer.ok) shown.value = markRaw(answer.value)
    else refusal.value = answer.error
  }

  /** Forgets a run and its files, and shows the next one. */
  async function remove(runId: string): Promise<void> {
    const answer = await labBridge().deleteRun({ runId })
    if (!answer.ok) refusal.value = answer.error
    await refresh()
    if (shownId.value !== runId) return
    shownId.value = null
    shown.value = null
    const [next] = entries.value
    if (next) await show(next.runId)
  }

  return {
    entries, current, progress, shownId, shown, refusal, starting, stopping, isRunning, showsCurrent,
    connect, refresh, start, stop, show, remove,
  }
})
