import { z } from '../schema-library'
import { plainNameSchema } from '../name-schemas'
import { clusterSchema, type Cluster } from './cluster'
import { externalSchema, type External } from './external'
import { fabricSchema, type Fabric } from './fabric'
import { faultSchema, type Fault } from './fault'
import { nodeSchema, type Node } from './node'
import { runSchema, type RunSettings } from './run'
import { trafficSchema, type Traffic } from './traffic'
import { variantSchema, type Variant } from './variant'
import { viewSchema, type View } from './view'

/** A lab, valid and complete: every default filled in, every quantity a number, frozen all the way down. */
export interface Lab {
  readonly name: string
  readonly description: string
  readonly fabric: Fabric
  readonly nodes: readonly Node[]
  readonly cluster: Cluster
  readonly external: readonly External[]
  readonly variants: readonly Variant[]
  readonly traffic: readonly Traffic[]
  readonly faults: readonly Fault[]
  readonly run: RunSettings
  readonly view: View
}

/** The `apiVersion` and `kind` that a lab file of this app has. */
export const LAB_API_VERSION = 'cnilab.dev/v1alpha1'
export const LAB_KIND = 'Lab'

const specSchema = z.strictObject({
  fabric: fabricSchema.prefault({}),
  nodes: z.array(nodeSchema).default([]),
  cluster: clusterSchema.prefault({}),
  external: z.array(externalSchema).default([]),
  variants: z.array(variantSchema).default([]),
  traffic: z.array(trafficSchema).default([]),
  faults: z.array(faultSchema).default([]),
  run: runSchema.prefault({}),
  view: viewSchema.prefault({}),
})

/** The schema of a whole lab file. Only the lab's name is required: everything else has a default or may be empty. */
export const labSchema = z
  .strictObject({
    apiVersion: z.literal(LAB_API_VERSION),
    kind: z.literal(LAB_KIND),
    metadata: z.strictObject({ name: plainNameSchema, description: z.string().max(10_000).default('') }),
    spec: specSchema.prefault({}),
  })
  .transform((file): Lab => ({ ...file.metadata, ...file.spec }))
