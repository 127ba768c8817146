import { useDebounceFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'

import { useDocumentStore } from '#renderer/stores/document'
import type { PolicyOutline } from '#renderer/stores/outline'
import { policyProblemsOf } from '#renderer/stores/usePolicyChecks'
import { applyChange, type LabChange, type Problem } from '#shared/lab/index'

import { objectEdit, objectText, problemsOfObject } from './object-text'

/** How long after the last key a draft is checked. */
const CHECK_DELAY_MS = 300

/** An object's text while it is edited. */
export interface ObjectDraft {
  /** What is typed. */
  readonly text: Ref<string>
  /** What the lab has. */
  readonly base: ComputedRef<string>
  readonly isChanged: ComputedRef<boolean>
  /** Why the text can't be read. */
  readonly unreadable: ComputedRef<{ readonly line: number; readonly message: string } | undefined>
  /** The edit that puts the text into the lab; undefined where it can't be read or says what the lab says. */
  readonly change: ComputedRef<LabChange | undefined>
  /** The lab with the text in it; undefined like `change`. */
  readonly lab: ComputedRef<string | undefined>
  /** What is wrong or doubtful about the object, at its lines in the text. */
  readonly problems: Readonly<Ref<readonly Problem[]>>
  readonly revert: () => void
}

/** Edits the text of a policy without changing the lab until it is applied. */
export function useObjectDraft(policy: () => PolicyOutline | undefined): ObjectDraft {
  const document = useDocumentStore()
  const base = computed(() => {
    const [lab, object] = [document.document, policy()]
    return lab === undefined || object === undefined ? '' : objectText(lab, object.path, object.given).text
  })
  const text = ref(base.value)
  const isChanged = computed(() => text.value.trimEnd() !== base.value.trimEnd())
  const edit = computed(() => {
    const [lab, object] = [document.document, policy()]
    return lab === undefined || object === undefined || !isChanged.value ? undefined : objectEdit(lab, object.path, text.value, `Edit ${object.name}`)
  })
  const unreadable = computed(() => (edit.value !== undefined && 'line' in edit.value ? edit.value : undefined))
  const change = computed(() => (edit.value !== undefined && 'change' in edit.value && edit.value.change.operations.length > 0 ? edit.value.change : undefined))
  const lab = computed(() => (change.value === undefined || document.document === undefined ? undefined : applyChange(document.document, change.value).document.text))
  const problems = shallowRef<readonly Problem[]>([])

  async function check(): Promise<void> {
    const object = policy()
    if (object === undefined) return
    const typed = text.value
    const drafted = lab.value
    if (drafted === undefined) {
      problems.value = problemsOfObject(document.problems, object.path, typed)
      return
    }
    const found = await policyProblemsOf(drafted)
    if (typed === text.value) problems.value = problemsOfObject(found, object.path, typed)
  }

  // An edit from elsewhere shows, unless it would take away what is typed.
  watch(base, (now, before) => {
    if (text.value.trimEnd() === before.trimEnd()) text.value = now
  })
  watch(() => policy()?.id, () => (text.value = base.value))
  watch([text, () => document.problems], useDebounceFn(check, CHECK_DELAY_MS), { immediate: true })

  return { text, base, isChanged, unreadable, change, lab, problems, revert: () => (text.value = base.value) }
}
