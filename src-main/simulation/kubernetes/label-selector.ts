import type { FieldPlace, FieldReader } from './field-reader'
import { checkLabelKey, checkLabelValue } from './names'

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

/** One condition of a selector. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: (typeof OPERATORS)[number]
  readonly values: readonly string[]
}

/** A selector as conditions that must all hold: those of `matchLabels` first. None: everything matches. */
export type LabelSelector = readonly LabelRequirement[]

/** How a selector's keys are checked. */
type KeyCheck = (key: string, place: FieldPlace) => void

/** Reads a `metav1.LabelSelector` (apimachinery, ValidateLabelSelector). */
export function readLabelSelector(fields: FieldReader): LabelSelector {
  return readSelectorWith(fields, checkLabelKey)
}

/** Reads a selector whose keys have a form of their own. */
export function readSelectorWith(fields: FieldReader, checkKey: KeyCheck): LabelSelector {
  const labels = fields.strings('matchLabels') ?? {}
  const place = fields.at('matchLabels')
  const requirements = Object.entries(labels).map(([key, value]): LabelRequirement => {
    checkKey(key, place)
    checkLabelValue(value, place)
    return { key, operator: 'In', values: [value] }
  })
  const expressions = fields.objects('matchExpressions', (expression) => readRequirement(expression, checkKey))
  return [...requirements, ...(expressions ?? [])]
}

function readRequirement(fields: FieldReader, checkKey: KeyCheck): LabelRequirement {
  const key = fields.string('key') ?? ''
  const named = fields.string('operator')
  const operator = OPERATORS.find((known) => known === named)
  const values = fields.stringList('values') ?? []
  checkKey(key, fields.at('key'))
  if (operator === undefined) {
    fields.at('operator').invalid(named ?? '', 'not a valid selector operator')
    return { key, operator: 'Exists', values: [] }
  }
  const takesValues = operator === 'In' || operator === 'NotIn'
  const place = fields.at('values')
  if (takesValues && values.length === 0) place.required("must be specified when `operator` is 'In' or 'NotIn'")
  if (!takesValues && values.length > 0) place.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  values.forEach((value, index) => checkLabelValue(value, place.entry(index)))
  return { key, operator, values }
}

/** Whether labels meet all conditions. NotIn and DoesNotExist also hold where the key is missing. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  return meets(selector, (key) => (Object.hasOwn(labels, key) ? labels[key] : undefined))
}

/** Whether all conditions hold for what a key stands for. */
export function meets(selector: LabelSelector, valueOf: (key: string) => string | undefined): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = valueOf(key)
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
    }
  })
}
