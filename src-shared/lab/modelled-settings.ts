import { isMapping, valueAt, type PlainValue } from './change/plain-value'
import { MODELLED_SETTINGS } from './modelled'
import { SETTINGS_SCHEMAS, type CniName } from './record/variant'

/** A setting that is given and has no model. */
export interface UnmodelledSetting {
  /** Its path below `settings`. */
  readonly setting: readonly string[]
  /** What it comes to, and what is modelled in its place: the plugin's own value first. */
  readonly value: unknown
  readonly modelled: readonly unknown[]
}

/** The settings among those given that have no model. `settings` is what the given ones come to. */
export function unmodelledSettings(cni: CniName, given: PlainValue | undefined, settings: unknown): UnmodelledSetting[] {
  const defaults = SETTINGS_SCHEMAS[cni].parse({})
  return settingsGiven(given, defaults).flatMap((setting): UnmodelledSetting[] => {
    const accepted = MODELLED_SETTINGS[cni][setting.join('.')] ?? []
    const value = valueAt(settings, setting)
    const usual = valueAt(defaults, setting)
    const isModelled = accepted === 'any' || isSame(value, usual) || accepted.some((other) => isSame(value, other))
    return isModelled ? [] : [{ setting, value, modelled: [usual, ...accepted] }]
  })
}

/** The paths of all settings in what a document gives: down to where the plugin has a value and not a group of them. */
function settingsGiven(given: PlainValue | undefined, defaults: unknown, path: string[] = []): string[][] {
  const isGroup = isMapping(given) && isMapping(defaults)
  if (!isGroup) return given === undefined ? [] : [path]
  return Object.entries(given).flatMap(([key, value]) => settingsGiven(value, defaults[key], [...path, key]))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
