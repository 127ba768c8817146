import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CapturedFrames } from '#shared/capture/index'
import type { CallError } from '#shared/contract/call'
import type { CaptureOrder, InterfaceOffer } from '#shared/contract/capture'
import type { Trace } from '#shared/contract/trace'

import { useDocumentStore } from './document'
import { useRunsStore } from './runs'

/** Bytes kept of each frame unless told otherwise: all headers, and some of the payload, which is zeros. */
const SNAP_LENGTH = 256

/** Captures of runs: what is asked for, the run under way, and the frames of the last one. */
export const useCapturesStore = defineStore('captures', () => {
  const document = useDocumentStore()
  const runs = useRunsStore()
  const order = shallowRef<CaptureOrder>({ variant: '', interfaces: [], snapLength: SNAP_LENGTH })
  /** Interfaces of the variant that can be captured. */
  const offers = shallowRef<readonly InterfaceOffer[]>([])
  const frames = shallowRef<CapturedFrames>()
  /** Of the frames: the run, and the variant. */
  const captured = shallowRef<{ readonly runId: string; readonly variant: string }>()
  /** Why there is no capture, or no way of a packet. */
  const refusal = shallowRef<CallError>()
  /** The run that captures. */
  const running = ref<string>()
  const hasWireshark = ref(false)
  /** Number of the frame that is looked at. */
  const looked = ref(0)

  const isBusy = computed(() => running.value !== undefined || (runs.starting && captured.value === undefined))

  /** Changes what is asked for. */
  function change(part: Partial<CaptureOrder>): void {
    order.value = { ...order.value, ...part }
  }

  /** Reads which interfaces the variant has. */
  async function readOffers(): Promise<void> {
    const { variant } = order.value
    if (variant === '') return
    const offered = await labBridge().listInterfaces({ text: document.text, variant })
    if (order.value.variant === variant) offers.value = offered.ok ? offered.value : []
  }

  /** Looks whether Wireshark is installed. */
  async function findWireshark(): Promise<void> {
    const found = await labBridge().findWireshark()
    hasWireshark.value = found.ok && found.value
  }

  /** Runs the variant with its first seed and captures; true where that was accepted. */
  async function start(): Promise<boolean> {
    refusal.value = undefined
    const { interfaces, ...rest } = order.value
    const asked = { ...rest, interfaces: [...interfaces] }
    const accepted = await runs.start({ text: document.text, variants: [asked.variant], seeds: 1, capture: asked })
    if (!accepted) {
      refusal.value = runs.refusal ?? { code: 'run.busy', message: 'A run is under way; stop it first.' }
      return false
    }
    running.value = runs.shownId ?? undefined
    if (!runs.isRunning) await read()
    return true
  }

  /** Reads the frames of the run that is over. */
  async function read(): Promise<void> {
    const runId = running.value
    if (runId === undefined) return
    const { variant } = order.value
    const answer = await labBridge().getCapture({ runId })
    running.value = undefined
    if (!answer.ok) {
      refusal.value = answer.error
      return
    }
    frames.value = markRaw(answer.value)
    captured.value = { runId, variant }
    looked.value = 0
  }

  /** The way of a frame's packet; undefined, with the reason as the refusal, where there is none. */
  async function follow(frame: number): Promise<Trace | undefined> {
    const shown = frames.value
    if (shown === undefined || captured.value === undefined) return undefined
    const { runId } = captured.value
    const answer = await labBridge().traceCaptured({ runId, on: shown.on[frame]!, record: shown.record[frame]! })
    refusal.value = answer.ok ? undefined : answer.error
    return answer.ok ? answer.value : undefined
  }

  /** Opens a capture file in Wireshark; says why not. */
  async function openInWireshark(bytes: Uint8Array<ArrayBuffer>): Promise<CallError | undefined> {
    const answer = await labBridge().openInWireshark({ bytes })
    return answer.ok ? undefined : answer.error
  }

  watch(() => runs.isRunning, (isRunning) => {
    if (!isRunning) void read()
  })
  // Another lab has other interfaces.
  watch(() => document.openCount, () => {
    order.value = { variant: '', interfaces: [], snapLength: SNAP_LENGTH }
    offers.value = []
    frames.value = undefined
    captured.value = undefined
    refusal.value = undefined
  })

  return {
    order, offers, frames, captured, refusal, running, isBusy, hasWireshark, looked,
    change, readOffers, findWireshark, start, follow, openInWireshark,
  }
})
