import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'

import { useDocumentStore } from './document'
import { remainingSeconds, useWork } from './useWork'

/** Up to this many nodes all are recorded; of more only the one that is looked at: together they grow with the square. */
export const MOST_RECORDED = 60

/** Sizes of clusters that a design is asked about, in nodes. */
export const CLUSTER_SIZES = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const

/** What clusters of other sizes take, variant by variant. */
export interface SizeStudy {
  readonly variant: string
  readonly sizes: readonly ControlPlaneSize[]
}

/** How far a study of sizes is. */
export interface StudyProgress {
  readonly variant: string
  readonly nodes: number
  /** Share of the work that is done, 0 … 1: work grows with the square of the nodes. */
  readonly share: number
  /** Estimate; null until there is something to estimate from. */
  readonly remainingSeconds: number | null
}

/** The control plane of the open lab: the record of one variant over the run's time, and clusters of other sizes. */
export const useControlPlaneStore = defineStore('control-plane', () => {
  const document = useDocumentStore()
  const variantWanted = ref('')
  const nodeWanted = ref('')
  /** The time that is looked at, seconds. */
  const time = ref(0)
  const record = shallowRef<ControlPlaneRecord>()
  /** Why there is no record. */
  const refusal = shallowRef<CallError>()
  /** How far the record is; undefined while nobody waits for it. */
  const { work, begin, end } = useWork('control-plane')
  const studies = shallowRef<readonly SizeStudy[]>([])
  const studyRefusal = shallowRef<CallError>()
  const progress = shallowRef<StudyProgress>()
  /** The text that the studies are of. */
  const studiedText = shallowRef('')
  let asked = 0
  let studied = 0

  const variants = computed(() => document.outline.variants.map(({ name }) => name))
  const variant = computed(() => (variants.value.includes(variantWanted.value) ? variantWanted.value : (variants.value[0] ?? '')))
  const isLarge = computed(() => document.outline.nodes.length > MOST_RECORDED)
  const nodes = computed(() => {
    const recorded = isLarge.value ? document.outline.nodes : (record.value?.nodes ?? document.outline.nodes)
    return recorded.map(({ name }) => name)
  })
  const node = computed(() => (nodes.value.includes(nodeWanted.value) ? nodeWanted.value : (nodes.value[0] ?? '')))
  const isStudyOutdated = computed(() => studies.value.length > 0 && studiedText.value !== document.text)

  /** Simulates the control plane as the lab is now. */
  async function refresh(): Promise<void> {
    asked += 1
    const number = asked
    if (variant.value === '') {
      record.value = undefined
      refusal.value = undefined
      end()
      return
    }
    // What was asked of a large lab before is not waited for.
    if (work.value && isLarge.value && progress.value === undefined) await labBridge().stopControlPlane()
    begin()
    const only = isLarge.value ? { nodes: [node.value] } : {}
    const answer = await labBridge().recordControlPlane({ text: document.text, variant: variant.value, ...only })
    if (number !== asked) return
    end()
    record.value = answer.ok ? answer.value : undefined
    refusal.value = answer.ok ? undefined : answer.error
    if (answer.ok) time.value = Math.min(time.value, answer.value.durationSeconds)
  }

  /** Starts clusters of other sizes with every variant's design, the small ones first. */
  async function study(): Promise<void> {
    studied += 1
    const number = studied
    const { text } = document
    const started = performance.now()
    const tasks = CLUSTER_SIZES.flatMap((size) => variants.value.map((name) => ({ name, size })))
    const whole = tasks.reduce((sum, { size }) => sum + size ** 2, 0)
    const found = new Map<string, ControlPlaneSize[]>(variants.value.map((name) => [name, []]))
    let done = 0
    studyRefusal.value = undefined
    studiedText.value = text
    studies.value = []
    for (const { name, size } of tasks) {
      const share = done / whole
      const elapsed = (performance.now() - started) / 1000
      progress.value = { variant: name, nodes: size, share, remainingSeconds: remainingSeconds(share, elapsed) }
      const answer = await labBridge().scaleControlPlane({ text, variant: name, sizes: [size] })
      if (number !== studied) return
      if (!answer.ok) {
        studyRefusal.value = answer.error
        break
      }
      found.get(name)!.push(...answer.value)
      studies.value = [...found].map(([each, sizes]) => ({ variant: each, sizes: [...sizes] }))
      done += size ** 2
    }
    progress.value = undefined
  }

  /** Gives up what is being simulated; what there is of a study stays. */
  async function stop(): Promise<void> {
    asked += 1
    studied += 1
    if (work.value) refusal.value = { code: 'control-plane.stopped', message: 'The simulation was stopped.' }
    end()
    progress.value = undefined
    await labBridge().stopControlPlane()
  }

  // Another lab has another control plane.
  watch(() => document.openCount, () => {
    asked += 1
    studied += 1
    record.value = undefined
    refusal.value = undefined
    end()
    progress.value = undefined
    studies.value = []
    studyRefusal.value = undefined
    time.value = 0
    nodeWanted.value = ''
    variantWanted.value = ''
  })

  return {
    variantWanted, nodeWanted, time, record, refusal, work, studies, studyRefusal, progress, variants, variant, nodes, node, isLarge,
    isStudyOutdated, refresh, study, stop,
  }
})
