import { useDebounceFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { PolicyArrows } from '#shared/contract/reach'

import { useCanvasStore } from './canvas'
import { useDocumentStore } from './document'
import type { PolicyOutline } from './outline'
import { usePoliciesStore } from './policies'
import { useSelectionStore } from './selection'

/** How long after the last change they are asked for again. */
const ASK_DELAY_MS = 250

/** From this number of workloads on, arrows go between namespaces, and are those of one policy: all would hide each other. */
const MANY_WORKLOADS = 40

const TOO_MANY = 'Select a policy to see what it allows; this lab is too large to draw all of them at once.'

/** What policies allow and deny, as arrows on the canvas: the selected policy, or all; asked for while their layer is shown. */
export const usePolicyArrowsStore = defineStore('policy-arrows', () => {
  const document = useDocumentStore()
  const canvas = useCanvasStore()
  const selection = useSelectionStore()
  const policies = usePoliciesStore()
  const found = shallowRef<PolicyArrows>()
  /** Why there are none. */
  const refusal = shallowRef('')
  let asked = 0

  const isShown = computed(() => canvas.layers.includes('allowed'))
  const policy = computed(() => document.outline.policies.find(({ id }) => selection.ids.has(id)))
  const variant = computed(() => policies.shown[0])
  const by = computed(() => (document.outline.workloads.length > MANY_WORKLOADS ? 'namespace' as const : 'workload' as const))

  async function ask(): Promise<void> {
    asked += 1
    const number = asked
    if (!isShown.value || variant.value === undefined || variant.value === '') {
      found.value = undefined
      return
    }
    if (policy.value === undefined && by.value === 'namespace') {
      found.value = undefined
      refusal.value = TOO_MANY
      return
    }
    const title = policy.value === undefined ? {} : { policy: titleOf(policy.value) }
    const answer = await labBridge().policyArrows({ text: document.text, variant: variant.value, by: by.value, ...title })
    if (number !== asked) return
    found.value = answer.ok ? answer.value : undefined
    refusal.value = answer.ok ? '' : answer.error.message
  }

  watch([isShown, policy, variant, () => document.text], useDebounceFn(ask, ASK_DELAY_MS), { immediate: true })

  return { found, refusal, isShown, policy, variant, by }
})

/** `NetworkPolicy shop/backend`, as verdicts name an object: with its namespace where it gives one. */
function titleOf({ dialect, given, name }: PolicyOutline): string {
  const { metadata } = given
  const namespace: unknown = typeof metadata === 'object' && metadata !== null && 'namespace' in metadata ? metadata.namespace : undefined
  return `${dialect} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`
}
