import type { Nanos } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { nanosSchema } from '../quantity-schemas'
import { z } from '../schema-library'

/** Something that breaks during the run, and may heal. */
export interface Fault {
  readonly kind: 'link-down'
  readonly at: Nanos
  /** When it heals; without it, never. */
  readonly until?: Nanos
  /** The ends of the link: two switches, or a node and its switch. */
  readonly link: readonly [string, string]
}

/** The schema of a fault. */
export const faultSchema = z.strictObject({
  kind: z.enum(['link-down']),
  at: nanosSchema,
  until: nanosSchema.optional(),
  link: z.tuple([plainNameSchema, plainNameSchema]),
})
