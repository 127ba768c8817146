import { visit } from 'yaml'

import type { LabDocument } from '../parse/lab-document'
import type { PlainValue } from './plain-value'
import { renderInline } from './render'
import type { TextEdit } from './text-edit'

/**
 * Writes out what each alias stands for. An edit concerns one place; through an anchor it would change others too, or
 * leave an alias of nothing behind. Anchors stay, without effect.
 */
export function planAliasExpansion({ yaml }: LabDocument): TextEdit[] {
  const edits: TextEdit[] = []
  visit(yaml, {
    Alias(_, alias) {
      const [start, end] = alias.range ?? [0, 0]
      const value = alias.resolve(yaml)?.toJS(yaml) as PlainValue
      edits.push({ start, end, text: renderInline(value, true) })
    },
  })
  return edits
}
