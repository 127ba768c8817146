import { isList, isMapping } from '../change/plain-value'
import type { LabDocument } from '../parse/lab-document'
import type { LinkBend } from '../record/view'
import { edit, type LabEdit } from './edit'
import { listAt } from './element'

const BENDS = ['spec', 'view', 'bends']

/** Leads the link with a number between two things through points; none: it runs from one to the other again. */
export function bendLink(document: LabDocument, ends: readonly [string, string], number: number, points: LinkBend['points']): LabEdit {
  const rounded = points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }))
  const list = listAt(document, BENDS)
  const index = list.findIndex((bend) => isMapping(bend) && isBetween(bend['ends'], ends) && (bend['number'] ?? 0) === number)
  const label = `Bend ${ends[0]} – ${ends[1]}`
  if (rounded.length === 0) return edit(label, index < 0 ? [] : [{ op: 'remove', path: BENDS, keys: [index] }])
  if (index >= 0) return edit(label, [{ op: 'set', path: [...BENDS, index, 'points'], value: rounded }])
  const value = { ends: [...ends], ...(number === 0 ? {} : { number }), points: rounded }
  return edit(label, [{ op: 'insert', path: BENDS, index: list.length, values: [value] }])
}

/** Takes the bends away from all links between things of these names: they were made for other places. */
export function straightenLinks(document: LabDocument, names: ReadonlySet<string>): LabEdit {
  const keys = listAt(document, BENDS).flatMap((bend, index) => {
    const ends = isMapping(bend) ? bend['ends'] : undefined
    return isList(ends) && ends.every((end) => typeof end === 'string' && names.has(end)) ? [index] : []
  })
  return edit('Straighten links', keys.length === 0 ? [] : [{ op: 'remove', path: BENDS, keys }])
}

function isBetween(given: unknown, ends: readonly [string, string]): boolean {
  return isList(given) && JSON.stringify(given.toSorted()) === JSON.stringify(ends.toSorted())
}
