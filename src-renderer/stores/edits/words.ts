import { counted } from '#shared/analysis/index'

import type { FieldOwner } from '../outline'

/** Names one thing, counts several. */
export function describe(objects: readonly FieldOwner[]): string {
  const [first] = objects
  return objects.length === 1 && first !== undefined ? first.name || first.kind : counted(objects.length, 'thing')
}
