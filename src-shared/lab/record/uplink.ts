import type { Ipv4Interface } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { ipv4InterfaceSchema, mtuSchema, rateSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { commonLinkFieldSchemas, type LinkProperties } from './link'

/** A link from a node to a switch. Two or more are a bond or ECMP, except those with an address. */
export interface Uplink extends LinkProperties {
  readonly switch: string
  /** Makes it an interface of its own (eth1, eth2, …), with this address; without one it shares the node's. */
  readonly address?: Ipv4Interface
}

/** The schema of an uplink. Rate and MTU default to those of the node's NIC (filled in by the node). */
export const uplinkSchema = z.strictObject({
  switch: plainNameSchema,
  address: ipv4InterfaceSchema.optional(),
  ...commonLinkFieldSchemas,
  rate: rateSchema.optional(),
  mtu: mtuSchema.optional(),
})
