import { plainNameSchema } from '../name-schemas'
import { bytesSchema, nanosSchema, queueSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { COMMON_LINK_DEFAULTS, linkFieldSchemas, type LinkProperties } from './link'

/** A link from a node to a switch. Two or more are a bond or ECMP. */
export interface Uplink extends LinkProperties {
  readonly switch: string
}

/** The schema of an uplink. Rate and MTU default to those of the node's NIC (filled in by the node). */
export const uplinkSchema = z.strictObject({
  switch: plainNameSchema,
  ...linkFieldSchemas,
  delay: nanosSchema.prefault(COMMON_LINK_DEFAULTS.delay),
  queue: queueSchema.prefault(COMMON_LINK_DEFAULTS.queue),
  loss: z.number().min(0).max(1).default(COMMON_LINK_DEFAULTS.loss),
  framing: bytesSchema.prefault(COMMON_LINK_DEFAULTS.framing),
})
