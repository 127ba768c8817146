import { core, type z } from 'zod'

/** What is wrong with a value, and where: `variants[3].seeds`, empty for the whole of it. */
export interface JsonProblem {
  readonly path: string
  readonly message: string
}

/** A value of the shape that was asked for, or what is wrong with what was given. */
export type Checked<Value> = { readonly value: Value } | { readonly problems: readonly JsonProblem[] }

/** Reads JSON of a shape. */
export function checkedJson<Schema extends z.ZodType>(text: string, schema: Schema): Checked<z.output<Schema>> {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    return { problems: [{ path: '', message: `It is not JSON: ${error instanceof Error ? error.message : String(error)}` }] }
  }
  return checkedValue(given, schema)
}

/** A value that was read already. */
export function checkedValue<Schema extends z.ZodType>(given: unknown, schema: Schema): Checked<z.output<Schema>> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return { value: parsed.data }
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: core.toDotPath(path), message })) }
}

/** The value. Throws an error that names the file and the first thing wrong with it where there is none. */
export function valueIn<Value>(file: string, checked: Checked<Value>): Value {
  if ('value' in checked) return checked.value
  const { path, message } = checked.problems[0]!
  throw new Error(`${file}${path === '' ? '' : `, ${path}`}: ${message}`)
}
