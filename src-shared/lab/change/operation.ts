import type { DocumentPath } from '../document-path'
import type { PlainValue } from './plain-value'

/** One step of a change. Paths and indices are those of the document that the steps before it have made. */
export type LabOperation =
  /** Puts a value at a path, in place of what is there; mappings on the way that are missing are made. */
  | { readonly op: 'set'; readonly path: DocumentPath; readonly value: PlainValue }
  /** Takes entries out of the mapping or list at a path. */
  | { readonly op: 'remove'; readonly path: DocumentPath; readonly keys: readonly (string | number)[] }
  /** Puts values into the list at a path, the first of them at `index`; a list that is missing is made. */
  | {
      readonly op: 'insert'
      readonly path: DocumentPath
      readonly index: number
      readonly values: readonly PlainValue[]
    }
  /** Moves an entry of the list at a path so that it ends up at `to`. */
  | { readonly op: 'move'; readonly path: DocumentPath; readonly from: number; readonly to: number }
  /** Gives an entry of the mapping at a path another key, at its place. */
  | { readonly op: 'rename-key'; readonly path: DocumentPath; readonly from: string; readonly to: string }
  /** Replaces text: what inverses consist of. `removed` must be what is there. */
  | { readonly op: 'splice'; readonly offset: number; readonly removed: string; readonly inserted: string }
