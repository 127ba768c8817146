import { labelNameSchema, labelsSchema, type Labels } from '../name-schemas'
import { z } from '../schema-library'

/** A Kubernetes namespace. */
export interface Namespace {
  readonly name: string
  readonly labels: Labels
}

/** The schema of a namespace. */
export const namespaceSchema = z.strictObject({ name: labelNameSchema, labels: labelsSchema.default({}) })
