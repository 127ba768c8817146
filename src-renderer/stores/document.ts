import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { OpenedDocument } from '#shared/contract/document'
import { applyChange, baseOf, checkDocument, labHash, parseLab, readAhead, readDocument, textDifference, type CheckedLab, type Lab, type LabChange, type LabDocument, type Problem } from '#shared/lab/index'

import { checkAside } from './checking/check-aside'
import { checkDesign } from './checking/check-design'
import { emptyHistory, record, stepBack, stepForward, type History } from './history'
import { KnownDocuments } from './known-documents'
import { placeProblems, worstSeverities } from './problem-targets'
import { readOutline } from './read-outline'

/** From this length on a lab is checked on another thread, in characters. */
const LARGE = 60_000

/** How long after the last edit a text that has to be read anew for the next one is read, while nothing else is to do. */
const READ_AHEAD_MS = 600

/** How long after an edit its problems are looked for, so that a burst of edits is checked once. */
const CHECK_DELAY_MS = 120

/** What an edit may say about itself besides what it changes. */
export interface CommitOptions {
  /** Edits in a row with the same key are undone together. */
  readonly mergeKey?: string
  /** Whether it is what was typed as text: all other edits wait until that can be read. */
  readonly isTyped?: boolean
}

/** Typed text that is no document yet. */
export interface Unreadable {
  readonly text: string
  readonly line: number
  readonly message: string
}

/** Reads a text; a large one as it is, for its checks are made elsewhere. */
function readLab(text: string): LabDocument | undefined {
  if (text.length < LARGE) return parseLab(text).document
  const read = readDocument(text)
  return 'text' in read ? read : undefined
}

/** All problems in the order of the text, equal ones once. */
function mergedProblems(ofLab: readonly Problem[], ofPolicies: readonly Problem[]): readonly Problem[] {
  if (ofPolicies.length === 0) return ofLab
  const known = new Set(ofLab.map(({ path, message }) => `${path} ${message}`))
  return [...ofLab, ...ofPolicies.filter(({ path, message }) => !known.has(`${path} ${message}`))].toSorted((a, b) => a.line - b.line)
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
  const labProblems = shallowRef<readonly Problem[]>([])
  /** What main finds in the lab's policies; those of the text before until the next are told. */
  const policyProblems = shallowRef<readonly Problem[]>([])
  /** The lab as it would be run; absent while it has errors. */
  const lab = shallowRef<Lab>()
  /** What was typed while it can't be read; the document stays at the last text that can. */
  const unreadable = shallowRef<Unreadable>()
  /** Counts edits that were refused because of it. */
  const refusals = shallowRef(0)
  /** Goes up with every lab that is opened, and not with edits. */
  const openCount = shallowRef(0)

  const text = computed(() => document.value?.text ?? '')
  /** What runs of the lab as it is are known by; absent while it has errors. */
  const hash = computed(() => lab.value && labHash(lab.value))
  const edited = computed(() => document.value !== undefined && text.value !== savedText.value)
  const problems = computed(() => mergedProblems(labProblems.value, policyProblems.value))
  const outline = computed(() => readOutline(document.value?.value))
  const placedProblems = computed(() => placeProblems(outline.value, problems.value))
  const severities = computed(() => worstSeverities(placedProblems.value))
  const undoLabel = computed(() => history.value.past.at(-1)?.label)
  const redoLabel = computed(() => history.value.future[0]?.label)

  const known = new KnownDocuments()
  let pendingReading: ReturnType<typeof setTimeout> | undefined
  let pendingCheck: ReturnType<typeof setTimeout> | undefined

  function check(): void {
    clearTimeout(pendingCheck)
    if (document.value === undefined) return
    if (document.value.text.length < LARGE) {
      const checked = checkDocument(document.value)
      take({ ...checked, problems: checkDesign(document.value, checked) })
    }
    else checkAside(document.value.text, take)
  }

  function take(checked: CheckedLab): void {
    labProblems.value = checked.problems
    lab.value = checked.lab
  }

  /** Takes note of what was found in the lab's policies. */
  function tellPolicyProblems(found: readonly Problem[]): void {
    policyProblems.value = found
  }

  /** The next edit need not wait then. */
  function readSoon(): void {
    clearTimeout(pendingReading)
    pendingReading = setTimeout(() => document.value && baseOf(document.value) === undefined && readAhead(document.value), READ_AHEAD_MS)
  }

  function checkSoon(): void {
    clearTimeout(pendingCheck)
    pendingCheck = setTimeout(check, CHECK_DELAY_MS)
  }

  /** Shows a lab. Its history starts anew. Requires: main found the text to be a document (it refuses others). */
  function show(opened: OpenedDocument): void {
    const read = readLab(opened.text)
    if (read === undefined) throw new Error('Main handed over a text that is not a document')
    document.value = read
    known.clear()
    known.add(read)
    take({ problems: opened.problems })
    check()
    path.value = opened.path
    fileName.value = opened.name
    savedText.value = opened.edited ? null : read.text
    history.value = emptyHistory()
    unreadable.value = undefined
    openCount.value += 1
  }

  /** Makes an edit: the one way in which the document changes. One without operations is none. */
  function commit(change: LabChange, { mergeKey, isTyped = false }: CommitOptions = {}): void {
    if (change.operations.length === 0) return
    if (unreadable.value !== undefined && !isTyped) {
      refusals.value += 1
      return
    }
    const inverse = apply(change)
    history.value = record(history.value, { label: change.label, undo: [inverse], redo: [change], ...(mergeKey === undefined ? {} : { mergeKey }) })
  }

  /**
   * Takes over what was typed: as an edit where it can be read, else to be kept until it can. A burst has one key, and
   * is one step of the history.
   */
  function type(typed: string, burst: string): void {
    const current = document.value
    if (current === undefined) return
    const read = typed === current.text ? current : readDocument(typed)
    if (!('text' in read)) {
      const [first] = read.findings
      unreadable.value = { text: typed, line: first?.line ?? 1, message: first?.message ?? 'This is not YAML.' }
      return
    }
    unreadable.value = undefined
    if (typed === current.text) return
    const splice = { op: 'splice', ...textDifference(current.text, typed) } as const
    commit({ label: 'Edit text', operations: [splice] }, { mergeKey: burst, isTyped: true })
  }

  /** Takes the last edit back; answers its label, or undefined when there was none. */
  function undo(): string | undefined {
    if (unreadable.value !== undefined) {
      unreadable.value = undefined
      return 'Typing that can’t be read'
    }
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
    const before = document.value
    const there = known.after(before, change)
    const applied = there === undefined
      ? applyChange(before, change)
      : { document: there, inverse: { label: change.label, operations: [{ op: 'splice', ...textDifference(there.text, before.text) } as const] } }
    document.value = applied.document
    known.add(applied.document)
    checkSoon()
    readSoon()
    return applied.inverse
  }

  /** Takes note that the document was saved as it was in `savedAs`. */
  function saved(file: { readonly path: string; readonly name: string }, savedAs: string): void {
    path.value = file.path
    fileName.value = file.name
    savedText.value = savedAs
  }

  return {
    document, path, fileName, history, problems, lab, hash, openCount,
    unreadable, refusals, text, edited, outline, placedProblems, severities, undoLabel, redoLabel,
    show, commit, type, undo, redo, check, saved, tellPolicyProblems,
  }
})
