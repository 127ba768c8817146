import { isSeq } from 'yaml'

import { formatPath, type DocumentPath } from '../document-path'
import type { LabDocument } from '../parse/lab-document'
import { insertInBlock, insertInFlow } from './insert-entries'
import { findSpot, isFlow } from './layout'
import type { PlainValue } from './plain-value'
import { isReplaceable, planSet } from './plan-set'
import { renderInline, renderItem } from './render'
import type { TextEdit } from './text-edit'

/** Puts values into a list. A list that is missing, null or an empty `[]` in a block is written anew. */
export function planInsert(
  document: LabDocument,
  path: DocumentPath,
  index: number,
  values: readonly PlainValue[],
): TextEdit[] {
  const spot = findSpot(document.yaml, path)
  const list = spot?.node
  if (!isSeq(list) || isReplaceable(spot?.parent, list)) return planSet(document, path, values)
  if (index < 0 || index > list.items.length) throw new Error(`${formatPath(path)} has no place ${index}`)
  if (isFlow(list)) {
    return insertInFlow(
      document.text,
      list,
      index,
      values.map((value) => renderInline(value, true)),
    )
  }
  return insertInBlock(document.text, list, index, values.flatMap(renderItem))
}
