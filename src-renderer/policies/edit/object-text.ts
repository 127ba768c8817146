import { stringify } from 'yaml'

import { parsePath, rangeOfPath, readDocument, setField, textDifference, type DocumentPath, type LabChange, type LabDocument, type PlainMapping, type Problem } from '#shared/lab/index'

/** How an object of the manifests is edited as a text of its own. */
export interface ObjectText {
  readonly text: string
  /** Whether it is a stretch of the lab's own text: comments and order in it stay. */
  readonly isOwn: boolean
}

/** The text of an object: as it stands in the lab where it is written on lines of its own, else written out. */
export function objectText(lab: LabDocument, path: DocumentPath, given: unknown): ObjectText {
  const stretch = stretchOf(lab, path)
  if (stretch === undefined) return { text: stringify(given, { aliasDuplicateObjects: false }), isOwn: false }
  const { from, to, column } = stretch
  const indent = new RegExp(`\\n {1,${column}}`, 'gu')
  return { text: `${lab.text.slice(from, to).trimEnd().replaceAll(indent, '\n')}\n`, isOwn: true }
}

/** A text that was typed for an object: the edit that puts it into the lab, or why it is none. */
export type ObjectEdit = { readonly change: LabChange } | { readonly line: number; readonly message: string }

/** The edit of a lab that gives the object at a path another text. */
export function objectEdit(lab: LabDocument, path: DocumentPath, typed: string, label: string): ObjectEdit {
  const read = readDocument(typed)
  if (!('text' in read)) return { line: read.findings[0]?.line ?? 1, message: read.findings[0]?.message ?? 'This is not YAML.' }
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { line: 1, message: 'An object is a mapping with apiVersion, kind, metadata and spec.' }
  const stretch = stretchOf(lab, path)
  if (stretch === undefined) return { change: { label, operations: setField(lab, path, value as PlainMapping).operations } }
  const { from, to, column } = stretch
  const removed = lab.text.slice(from, to)
  const tail = /\s*$/u.exec(removed)![0]
  const inserted = typed.trimEnd().replaceAll(/\n(?=[^\n])/gu, `\n${' '.repeat(column)}`) + tail
  const { offset, ...difference } = textDifference(removed, inserted)
  return { change: { label, operations: difference.removed === difference.inserted ? [] : [{ op: 'splice', offset: from + offset, ...difference }] } }
}

/** Problems of a lab that are about the object at a path, at their lines in the object's text. */
export function problemsOfObject(problems: readonly Problem[], path: DocumentPath, text: string): readonly Problem[] {
  const read = readDocument(text)
  return problems.flatMap((problem) => {
    const place = parsePath(problem.path)
    if (!path.every((step, index) => place[index] === step)) return []
    return [{ ...problem, line: 'text' in read ? lineAt(read, place.slice(path.length)) : 1 }]
  })
}

/** The line of a path, or of the nearest thing around it that is there. */
function lineAt(document: LabDocument, path: DocumentPath): number {
  for (let length = path.length; length > 0; length--) {
    const range = rangeOfPath(document, path.slice(0, length))
    if (range !== undefined) return document.text.slice(0, range.from).split('\n').length
  }
  return 1
}

/** Where an object stands on lines of its own, and how far its lines are indented; undefined for one in brackets. */
function stretchOf(lab: LabDocument, path: DocumentPath): { readonly from: number; readonly to: number; readonly column: number } | undefined {
  const range = rangeOfPath(lab, path)
  if (range === undefined || lab.text[range.from] === '{') return undefined
  const column = range.from - (lab.text.lastIndexOf('\n', range.from - 1) + 1)
  const lead = lab.text.slice(range.from - column, range.from)
  return /^ *(?:- +)+$/u.test(lead) ? { ...range, column } : undefined
}
