import { isList, isMapping, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { Labels } from '../name-schemas'

/** Whether labels have all the values wanted (a Service's selector, `matchLabels`). */
export function matchesLabels(wanted: PlainMapping, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}

/** Whether labels match a Kubernetes LabelSelector; an empty one matches everything. */
export function matchesSelector(selector: PlainMapping, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = selector
  const byLabels = !isMapping(matchLabels) || matchesLabels(matchLabels, labels)
  return (
    byLabels &&
    (isList(matchExpressions) ? matchExpressions.every((expression) => matchesExpression(expression, labels)) : true)
  )
}

/** NotIn and DoesNotExist also match where the key is missing. Operators that Kubernetes does not have match nothing. */
function matchesExpression(expression: PlainValue, labels: Labels): boolean {
  if (!isMapping(expression) || typeof expression['key'] !== 'string') return false
  const value = labels[expression['key']]
  const values = isList(expression['values']) ? expression['values'] : []
  switch (expression['operator']) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
