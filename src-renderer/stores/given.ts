/** A mapping of a lab file as it was given: any keys, any values. */
export type Given = Readonly<Record<string, unknown>>

/** Whether a value is a mapping. */
export function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as a mapping, or an empty one. */
export function asObject(value: unknown): Given {
  return isObject(value) ? value : {}
}

/** The value as a sequence, or an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value as a text; numbers and booleans are written out, anything else is `otherwise`. */
export function asText(value: unknown, otherwise = ''): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise
}

/** The value as a name, or undefined when it is none. */
export function asName(value: unknown): string | undefined {
  const text = asText(value)
  return text === '' ? undefined : text
}

/** The value as a finite number, or `otherwise`. */
export function asNumber<Otherwise>(value: unknown, otherwise: Otherwise): number | Otherwise {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

/** What is at a path of a plain value; undefined where nothing is. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, step) => (typeof step === 'number' ? asList(here)[step] : asObject(here)[step]), value)
}
