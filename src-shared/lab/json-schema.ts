import { labSchema } from './record/lab'
import { z } from './schema-library'

/** The JSON Schema (draft 2020-12) of a lab file, as `cni-lab schema` prints it and editors use it. */
export function labJsonSchema(): Record<string, unknown> {
  return {
    title: 'CNI Lab file',
    ...z.toJSONSchema(labSchema, { io: 'input', unrepresentable: 'any' }),
  }
}
