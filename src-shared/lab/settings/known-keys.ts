import { z } from '../schema-library'

/** Schemas of real settings that have no model here: any value is well-formed, and using one is refused by name. */
export function knownKeys<const Key extends string>(keys: readonly Key[]): Record<Key, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(keys.map((key) => [key, z.unknown().optional()])) as Record<Key, z.ZodOptional<z.ZodUnknown>>
}
