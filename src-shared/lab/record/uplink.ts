import { plainNameSchema } from '../name-schemas'
import { mtuSchema, rateSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { commonLinkFieldSchemas, type LinkProperties } from './link'

/** A link from a node to a switch. Two or more are a bond or ECMP. */
export interface Uplink extends LinkProperties {
  readonly switch: string
}

/** The schema of an uplink. Rate and MTU default to those of the node's NIC (filled in by the node). */
export const uplinkSchema = z.strictObject({
  switch: plainNameSchema,
  ...commonLinkFieldSchemas,
  rate: rateSchema.optional(),
  mtu: mtuSchema.optional(),
})
