import { useDebounceFn } from '@vueuse/core'
import { readonly, ref, shallowReadonly, shallowRef, watch, type Ref } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { ReachImpact, ReachProposal } from '#shared/contract/reach'

import { useDocumentStore } from './document'
import { usePoliciesStore } from './policies'

/** What a proposal would change, as far as it is known. */
export interface PolicyImpact {
  readonly impact: Readonly<Ref<ReachImpact | undefined>>
  /** Why it can't be told. */
  readonly refusal: Readonly<Ref<CallError | undefined>>
  readonly busy: Readonly<Ref<boolean>>
}

/** How long after the last change a proposal is looked at, so that a burst of keys is looked at once. */
const ASK_DELAY_MS = 300

/** Keeps up with what a proposal would change in the variant in question; undefined: there is none. */
export function usePolicyImpact(proposal: () => ReachProposal | undefined): PolicyImpact {
  const document = useDocumentStore()
  const policies = usePoliciesStore()
  const impact = shallowRef<ReachImpact>()
  const refusal = shallowRef<CallError>()
  const busy = ref(false)
  let asked = 0

  async function ask(): Promise<void> {
    asked += 1
    const number = asked
    const current = proposal()
    const [variant] = policies.shown
    if (current === undefined || variant === undefined || variant === '') {
      impact.value = undefined
      refusal.value = undefined
      busy.value = false
      return
    }
    busy.value = true
    const { protocol, port } = policies.question
    const answer = await labBridge().reachImpact({
      text: document.text, variant, by: policies.level, protocol, proposal: current, ...(port === undefined ? {} : { port }),
    })
    if (number !== asked) return
    busy.value = false
    impact.value = answer.ok ? answer.value : undefined
    refusal.value = answer.ok ? undefined : answer.error
  }

  void ask()
  watch(() => [document.text, proposal(), policies.shown[0], policies.level, policies.question], useDebounceFn(ask, ASK_DELAY_MS), { deep: true })

  return { impact: shallowReadonly(impact), refusal: shallowReadonly(refusal), busy: readonly(busy) }
}
