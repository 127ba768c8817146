import { readonly, ref, shallowReadonly, shallowRef, watch, type Ref } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import { useToasts } from '#renderer/composables/useToasts'
import type { CallError } from '#shared/contract/call'
import type { ClusterFiles, ClusterOrder } from '#shared/contract/cluster-export'

import { useDocumentStore } from './document'

/** Who is to read the files, and the variant that they are about. */
export type ExportChoice = Omit<ClusterOrder, 'text'>

/** Files of the open lab for a real cluster. */
export interface ClusterExport {
  /** The files of what is chosen, once they are made. */
  readonly made: Readonly<Ref<ClusterFiles | undefined>>
  /** Why there are none. */
  readonly refusal: Readonly<Ref<CallError | undefined>>
  readonly busy: Readonly<Ref<boolean>>
  /** Asks for a place, writes the files there and says so. Answers whether they were written. */
  readonly save: () => Promise<boolean>
}

/** Makes files of the open lab for what is chosen; undefined: nothing is. */
export function useClusterExport(choice: () => ExportChoice | undefined): ClusterExport {
  const document = useDocumentStore()
  const { show } = useToasts()
  const made = shallowRef<ClusterFiles>()
  const refusal = shallowRef<CallError>()
  const busy = ref(false)
  let asked = 0

  async function make(current: ExportChoice | undefined): Promise<void> {
    asked += 1
    const number = asked
    if (current === undefined) return
    busy.value = true
    const answer = await labBridge().makeClusterFiles({ text: document.text, ...current })
    if (number !== asked) return
    busy.value = false
    made.value = answer.ok ? answer.value : undefined
    refusal.value = answer.ok ? undefined : answer.error
  }

  async function save(): Promise<boolean> {
    const current = choice()
    if (current === undefined) return false
    const answer = await labBridge().saveClusterFiles({ text: document.text, ...current })
    if (!answer.ok) show({ text: answer.error.message, tone: 'error' })
    if (!answer.ok || answer.value === null) return false
    const { path, files } = answer.value
    show({ text: files === 1 ? `Saved ${path}` : `Saved ${files} files in ${path}` })
    return true
  }

  watch(choice, make, { immediate: true })

  return { made: shallowReadonly(made), refusal: shallowReadonly(refusal), busy: readonly(busy), save }
}
