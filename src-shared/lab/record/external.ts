import type { Ipv4Address } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { ipv4AddressSchema, mtuSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { fabricLinkFieldSchemas, type LinkProperties } from './link'

/** A host outside the cluster, with a link of its own to a switch. It has no CPU limit. */
export interface External extends LinkProperties {
  readonly name: string
  readonly address: Ipv4Address
  /** The switch it is linked to. */
  readonly attach: string
}

/**
 * The schema of an external host. It takes every field of a link; the defaults are those between switches, so that it
 * is not the bottleneck, with an MTU of 1500 as on the internet.
 */
export const externalSchema = z.strictObject({
  name: plainNameSchema,
  address: ipv4AddressSchema,
  attach: plainNameSchema,
  ...fabricLinkFieldSchemas,
  mtu: mtuSchema.default(1500),
})
