import { useDebounceFn } from '@vueuse/core'
import { watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import { isManifestFile, type Problem } from '#shared/lab/index'

import { useDocumentStore } from './document'
import { usePoliciesStore } from './policies'

/** How long after an edit policies are checked: main reads the whole lab for it. */
const CHECK_DELAY_MS = 500

/** What main finds in the policies of a text that is not the lab's yet; nothing where it can't tell. */
export async function policyProblemsOf(text: string): Promise<readonly Problem[]> {
  const answer = await labBridge().checkPolicies({ text })
  return answer.ok ? answer.value : []
}

/**
 * Has main check the open lab's policies after it is opened and after each edit, and hands what it finds to the lab's
 * problems. Asks for the matrix of a lab that was just opened too, so that it is there when somebody wants to see it.
 */
export function usePolicyChecks(): void {
  const document = useDocumentStore()
  const policies = usePoliciesStore()

  async function check(): Promise<void> {
    const { text } = document
    const hasFiles = document.lab?.cluster.manifests.some(isManifestFile) ?? false
    if (document.outline.policies.length === 0 && !hasFiles) {
      document.tellPolicyProblems([])
      return
    }
    const found = await policyProblemsOf(text)
    if (text === document.text) document.tellPolicyProblems(found)
  }

  const checkSoon = useDebounceFn(check, CHECK_DELAY_MS)
  watch(() => document.text, checkSoon, { immediate: true })
  watch(() => document.openCount, () => {
    document.tellPolicyProblems([])
    if (document.outline.policies.length > 0) void policies.refresh()
  })
}
