import { z } from '../schema-library'
import { linkSchema, type Link } from './link'
import { rackSchema, type Rack } from './rack'
import { switchSchema, type Switch } from './switch'

/** The network between the nodes. */
export interface Fabric {
  readonly racks: readonly Rack[]
  readonly switches: readonly Switch[]
  readonly links: readonly Link[]
}

/** The schema of the fabric; empty by default. */
export const fabricSchema = z.strictObject({
  racks: z.array(rackSchema).default([]),
  switches: z.array(switchSchema).default([]),
  links: z.array(linkSchema).default([]),
})
