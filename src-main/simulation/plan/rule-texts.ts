import { stringify } from 'yaml'

import { valueAt } from '#shared/lab/change/plain-value'
import { parsePath, type Lab } from '#shared/lab/index'

import { manifestObjects, objectTitle, type Decision } from '../policy/index'

/** Longer texts end with an ellipsis. */
const MOST_CHARACTERS = 400

/** Answers what a rule that decides asks for, as YAML on one line; undefined for defaults. */
export function ruleTexts(lab: Lab): (by: Decision) => string | undefined {
  let objects: ReadonlyMap<string, readonly object[]> | undefined
  return (by) => {
    if ('default' in by) return undefined
    objects ??= objectsByTitle(lab)
    const path = parsePath(by.rule)
    // Calico and Kubernetes have kinds of the same name.
    const rule = objects.get(by.object)?.map((object) => valueAt(object, path)).find((value) => value !== undefined)
    if (rule === undefined) return undefined
    return inlineYaml(rule)
  }
}

/** A value as YAML on one line, cut where it is long. */
export function inlineYaml(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd().replaceAll(/\s*\n\s*/gu, ' ')
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}

function objectsByTitle(lab: Lab): ReadonlyMap<string, readonly object[]> {
  const byTitle = new Map<string, object[]>()
  for (const object of manifestObjects(lab)) {
    const title = objectTitle(object)
    byTitle.set(title, [...(byTitle.get(title) ?? []), object])
  }
  return byTitle
}
