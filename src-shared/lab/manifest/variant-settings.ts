import { isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import { calicoObjects, type CalicoObjects, type ObjectSetting } from './calico-objects'
import type { Origins } from './origins'
import { findingAt, shown, titleOf, type PlacedObject } from './placed-object'

/** Settings that are one choice: a variant that makes it makes all of it. */
const ONE_CHOICE: readonly (readonly string[])[] = [['ipPool.ipipMode', 'ipPool.vxlanMode']]

/** Variants with the settings that objects give them beside their own. */
export interface ConfiguredVariants {
  readonly variants: readonly PlainValue[]
  readonly findings: readonly Finding[]
}

/**
 * Gives Calico's variants the settings that objects have for them. A variant's own settings win; where they say something
 * else, a finding says so.
 */
export function configureVariants(
  variants: readonly PlainValue[],
  objects: readonly PlacedObject[],
  nodes: readonly PlainValue[],
  path: DocumentPath,
  origins: Origins,
): ConfiguredVariants {
  const read = calicoObjects(objects, nodes)
  const isCalico = (variant: PlainValue): boolean => valueAt(variant, ['cni']) === 'calico'
  if (read.objects.length === 0 && read.settings.length === 0) return { variants, findings: [] }
  if (!variants.some(isCalico)) return { variants, findings: read.objects.map(unusedWithoutCalico) }
  const findings = [...read.findings]
  const configured = variants.map((variant, index) =>
    isCalico(variant) && isMapping(variant) ? configure(variant, read, [...path, index, 'settings'], origins, findings) : variant,
  )
  return { variants: configured, findings }
}

function configure(
  variant: PlainMapping,
  { settings }: CalicoObjects,
  path: DocumentPath,
  origins: Origins,
  findings: Finding[],
): PlainMapping {
  const own = variant['settings'] ?? {}
  if (!isMapping(own)) return variant
  const result: Record<string, PlainValue | undefined> = { ...own }
  // Settings that are lists: an object gives one entry.
  const lists = new Map<string, PlainValue[]>()
  for (const given of settings) {
    const { setting, value, from, field } = given
    if (decidesItself(own, setting)) {
      if (field !== undefined) findings.push(...overridden(variant, own, given))
      continue
    }
    const [group, key] = setting as [string, string | undefined]
    if (key === undefined) {
      const entries = [...(lists.get(group) ?? []), value]
      lists.set(group, entries)
      result[group] = entries
      origins.add([...path, group, entries.length - 1], from, field)
    } else {
      result[group] = { ...(result[group] as PlainMapping | undefined), [key]: value }
      origins.add([...path, group, key], from, field)
    }
  }
  return { ...variant, settings: result }
}

/** Whether a variant's own settings say something about a setting, or about the choice that it is a part of. */
function decidesItself(own: PlainMapping, setting: readonly string[]): boolean {
  const choice = ONE_CHOICE.find((ids) => ids.includes(setting.join('.')))?.map((id) => id.split('.')) ?? [setting]
  return choice.some((path) => valueAt(own, path) !== undefined)
}

function overridden(variant: PlainMapping, own: PlainMapping, { setting, value, from, field = [] }: ObjectSetting): Finding[] {
  const chosen = valueAt(own, setting)
  if (JSON.stringify(chosen) === JSON.stringify(value)) return []
  const id = setting.join('.')
  const says = typeof chosen === 'object' || chosen === undefined ? `gives ${id} itself` : `has ${id}: ${shown(chosen)}`
  const message = `Variant ${shown(variant['name'])} does not use ${titleOf(from)}: it ${says}.`
  return [findingAt(from, field, { code: 'unused-object', message })]
}

function unusedWithoutCalico(placed: PlacedObject): Finding {
  const message = `${titleOf(placed)} is not used: no variant is Calico.`
  return findingAt(placed, ['kind'], { code: 'unused-object', message })
}
