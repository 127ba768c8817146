import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { Trace, TracedProtocol } from '#shared/contract/trace'

import { useDocumentStore } from './document'

/** Which packet is followed. */
export interface PacketQuestion {
  readonly variant: string
  /** A second variant to set beside it; empty for none. */
  readonly compared: string
  readonly from: string
  readonly to: string
  readonly protocol: TracedProtocol
  /** The server's own where absent. */
  readonly port?: number
  /** What is asked of the packet itself; what Linux sends where absent. */
  readonly ttl?: number
  readonly trafficClass?: number
  readonly payloadBytes?: number
  readonly dontFragment?: boolean
}

/** The packet that is looked at: what was asked, and its way through one variant or two. */
export const usePacketsStore = defineStore('packets', () => {
  const document = useDocumentStore()
  const question = shallowRef<PacketQuestion>()
  /** One trace, or two to be set side by side. */
  const traces = shallowRef<readonly Trace[]>([])
  /** Why the last question has no answer. */
  const refusal = shallowRef<CallError>()
  const busy = ref(false)
  /** Whether one packet is looked at hop by hop, or the packets of a run. */
  const mode = ref<'one' | 'run'>('one')
  /** The text that the traces are of. */
  const tracedText = shallowRef('')
  let asked = 0

  /** Whether the lab was edited since. */
  const isOutdated = computed(() => traces.value.length > 0 && tracedText.value !== document.text)

  /** Follows the packet through the lab as it is now; answers whether there is something to show. */
  async function trace(next: PacketQuestion): Promise<boolean> {
    asked += 1
    const number = asked
    question.value = next
    busy.value = true
    const { compared, variant, ...ends } = next
    const text = document.text
    const names = compared === '' || compared === variant ? [variant] : [variant, compared]
    const answers = await Promise.all(names.map((name) => labBridge().tracePacket({ text, variant: name, ...ends })))
    if (number !== asked) return false
    busy.value = false
    const refused = answers.find((answer) => !answer.ok)
    refusal.value = refused?.error
    traces.value = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
    if (refused) traces.value = []
    tracedText.value = text
    return refused === undefined
  }

  /** Shows the way of a packet of a run, in place of one that was asked for. */
  function show(trace: Trace): void {
    asked += 1
    busy.value = false
    refusal.value = undefined
    traces.value = [trace]
    tracedText.value = document.text
    mode.value = 'one'
  }

  // Another lab has other packets.
  watch(() => document.openCount, () => {
    asked += 1
    busy.value = false
    question.value = undefined
    traces.value = []
    refusal.value = undefined
  })

  return { question, traces, refusal, busy, mode, isOutdated, trace, show }
})
