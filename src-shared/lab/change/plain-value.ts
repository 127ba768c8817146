/** What a lab document can hold: JSON. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue | undefined }

/** A mapping of a document. */
export type PlainMapping = Readonly<Record<string, PlainValue | undefined>>

/** Whether a value is a list. */
export function isList(value: unknown): value is readonly PlainValue[] {
  return Array.isArray(value)
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is PlainMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is at a path; undefined where nothing is. */
export function valueAt(root: unknown, path: readonly (string | number)[]): PlainValue | undefined {
  let here = root as PlainValue | undefined
  for (const step of path) {
    if (isList(here) && typeof step === 'number') here = here[step]
    else if (isMapping(here) && typeof step === 'string' && Object.hasOwn(here, step)) here = here[step]
    else return undefined
  }
  return here
}
