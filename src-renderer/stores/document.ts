import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { OpenedDocument } from '#shared/contract/document'
import { applyChange, checkDocument, parseLab, type Lab, type LabChange, type LabDocument, type Problem } from '#shared/lab/index'

import { placeProblems, worstSeverities } from './problem-targets'
import { emptyHistory, record, stepBack, stepForward, type History } from './history'
import { readOutline } from './read-outline'

/** How long after an edit its problems are looked for, so that a burst of edits is checked once. */
const CHECK_DELAY_MS = 120

/** What an edit may say about itself besides what it changes. */
export interface CommitOptions {
  /** Edits in a row with the same key are undone together. */
  readonly mergeKey?: string
}

/**
 * The open lab: its document, which only `commit`, `undo` and `redo` change, and what follows from it. What is wrong
 * with it is found out a moment after each edit and never keeps an edit from being made.
 */
export const useDocumentStore = defineStore('document', () => {
  const document = shallowRef<LabDocument>()
  const path = shallowRef<string | null>(null)
  const fileName = shallowRef('Untitled')
  /** The text that is in the file; null while there is none. */
  const savedText = shallowRef<string | null>(null)
  const history = shallowRef<History<LabChange>>(emptyHistory())
  const problems = shallowRef<readonly Problem[]>([])
  /** The lab as it would be run; absent while it has errors. */
  const lab = shallowRef<Lab>()
  /** Goes up with every lab that is opened, and not with edits. */
  const openCount = shallowRef(0)

  const text = computed(() => document.value?.text ?? '')
  const edited = computed(() => document.value !== undefined && text.value !== savedText.value)
  const outline = computed(() => readOutline(document.value?.value))
  const placedProblems = computed(() => placeProblems(outline.value, problems.value))
  const severities = computed(() => worstSeverities(placedProblems.value))
  const undoLabel = computed(() => history.value.past.at(-1)?.label)
  const redoLabel = computed(() => history.value.future[0]?.label)

  let pendingCheck: ReturnType<typeof setTimeout> | undefined

  function check(): void {
    clearTimeout(pendingCheck)
    if (document.value === undefined) return
    const checked = checkDocument(document.value)
    problems.value = checked.problems
    lab.value = checked.lab
  }

  function checkSoon(): void {
    clearTimeout(pendingCheck)
    pendingCheck = setTimeout(check, CHECK_DELAY_MS)
  }

  /** Shows a lab. Its history starts anew. Requires: main found the text to be a document (it refuses others). */
  function show(opened: OpenedDocument): void {
    const parsed = parseLab(opened.text)
    if (parsed.document === undefined) throw new Error('Main handed over a text that is not a document')
    document.value = parsed.document
    problems.value = parsed.problems
    lab.value = parsed.lab
    path.value = opened.path
    fileName.value = opened.name
    savedText.value = opened.edited ? null : parsed.document.text
    history.value = emptyHistory()
    openCount.value += 1
  }

  /** Makes an edit: the one way in which the document changes. One without operations is none. */
  function commit(change: LabChange, options: CommitOptions = {}): void {
    if (change.operations.length === 0) return
    const inverse = apply(change)
    history.value = record(history.value, { label: change.label, undo: [inverse], redo: [change], ...options })
  }

  /** Takes the last edit back; answers its label, or undefined when there was none. */
  function undo(): string | undefined {
    const step = stepBack(history.value)
    if (step === undefined) return undefined
    step.entry.undo.forEach(apply)
    history.value = step.history
    return step.entry.label
  }

  /** Makes the edit that was taken back last again; answers its label, or undefined when there was none. */
  function redo(): string | undefined {
    const step = stepForward(history.value)
    if (step === undefined) return undefined
    step.entry.redo.forEach(apply)
    history.value = step.history
    return step.entry.label
  }

  function apply(change: LabChange): LabChange {
    if (document.value === undefined) throw new Error('There is no document to edit')
    const applied = applyChange(document.value, change)
    document.value = applied.document
    checkSoon()
    return applied.inverse
  }

  /** Takes note that the document was saved as it was in `savedAs`. */
  function saved(file: { readonly path: string; readonly name: string }, savedAs: string): void {
    path.value = file.path
    fileName.value = file.name
    savedText.value = savedAs
  }

  return {
    document, path, fileName, history, problems, lab, openCount,
    text, edited, outline, placedProblems, severities, undoLabel, redoLabel,
    show, commit, undo, redo, check, saved,
  }
})
