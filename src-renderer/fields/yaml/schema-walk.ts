import { isObject, type Given } from '#renderer/stores/given'

/** Part of a JSON Schema. */
export type Schema = Given

/** The schemas that hold at a path: several where a value may be of several forms. */
export function schemasAt(root: Schema, path: readonly (string | number)[]): readonly Schema[] {
  return path.reduce<readonly Schema[]>((schemas, step) => schemas.flatMap((schema) => forms(schema)).flatMap((schema) => below(schema, step)), forms(root))
}

/** The keys that mappings of these schemas have, each with its schema. */
export function keysOf(schemas: readonly Schema[]): ReadonlyMap<string, Schema> {
  return new Map(schemas.flatMap(forms).flatMap(({ properties }) =>
    (isObject(properties) ? Object.entries(properties).filter((entry): entry is [string, Schema] => isObject(entry[1])) : [])))
}

/** The values that these schemas name: of enumerations, constants, switches, examples and the default. */
export function valuesOf(schemas: readonly Schema[]): readonly string[] {
  const found = schemas.flatMap(forms).flatMap((schema) => [
    ...(Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : []),
    ...('const' in schema ? [schema['const']] : []),
    ...(schema['type'] === 'boolean' ? [true, false] : []),
    ...(Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]) : []),
    ...('default' in schema ? [schema['default']] : []),
  ])
  return [...new Set(found.filter((value) => ['string', 'number', 'boolean'].includes(typeof value)).map(String))].filter(Boolean)
}

/** A schema, or those that it says a value may be of. */
function forms(schema: Schema): readonly Schema[] {
  const choices = [schema['anyOf'], schema['oneOf'], schema['allOf']].filter(Array.isArray).flat().filter(isObject)
  return choices.length === 0 ? [schema] : [schema, ...choices.flatMap(forms)]
}

function below(schema: Schema, step: string | number): readonly Schema[] {
  if (typeof step === 'number') {
    const { prefixItems, items } = schema
    const own = Array.isArray(prefixItems) ? (prefixItems as unknown[])[step] : undefined
    return [own ?? items].filter(isObject)
  }
  const { properties, additionalProperties } = schema
  const own = isObject(properties) && Object.hasOwn(properties, step) ? properties[step] : additionalProperties
  return [own].filter(isObject)
}
