import { plainNameSchema } from '../name-schemas'
import { asnSchema } from '../quantity-schemas'
import { z } from '../schema-library'

/**
 * What a switch does. `tor` (top of rack) bridges the nodes linked to it in one subnet and routes to the rest;
 * `spine` routes.
 */
export type SwitchRole = 'tor' | 'spine'

/** A switch of the fabric. */
export interface Switch {
  readonly name: string
  readonly role: SwitchRole
  readonly rack?: string
  /** Autonomous system, for BGP with the fabric. */
  readonly asn?: number
}

/** The schema of a switch. The default role is `tor`: a cluster needs one, and most switches are. */
export const switchSchema = z.strictObject({
  name: plainNameSchema,
  role: z.enum(['tor', 'spine']).default('tor'),
  rack: plainNameSchema.optional(),
  asn: asnSchema.optional(),
})
