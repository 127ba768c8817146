import type { DocumentPath } from '../document-path'
import type { LabOperation } from './operation'
import { isList, isMapping, type PlainValue } from './plain-value'

/**
 * What a step makes of plain content. Parts that it does not concern are the same objects as before, so that what was
 * found out about them still holds. Undefined where the step does not fit, or is about text only.
 */
export function applyPlainly(root: unknown, operation: LabOperation): unknown {
  switch (operation.op) {
    case 'set':
      return replacedAt(root, operation.path, () => operation.value, true)
    case 'remove': {
      const keys = new Set<string | number>(operation.keys)
      return replacedAt(root, operation.path, (target) => {
        if (isList(target)) return target.filter((_, index) => !keys.has(index))
        return isMapping(target) ? Object.fromEntries(Object.entries(target).filter(([key]) => !keys.has(key))) : undefined
      })
    }
    case 'insert':
      return replacedAt(root, operation.path, (target = []) =>
        (isList(target) ? target.toSpliced(operation.index, 0, ...operation.values) : undefined), true)
    case 'move':
      return replacedAt(root, operation.path, (target) => {
        const entry = isList(target) ? target[operation.from] : undefined
        return isList(target) && entry !== undefined ? target.toSpliced(operation.from, 1).toSpliced(operation.to, 0, entry) : undefined
      })
    case 'rename-key':
      return replacedAt(root, operation.path, (target) => (isMapping(target)
        ? Object.fromEntries(Object.entries(target).map(([key, value]) => [key === operation.from ? operation.to : key, value]))
        : undefined))
    case 'splice':
      return undefined
  }
}

/** A copy of what leads to a path, with what is there replaced; `grow` makes mappings that are missing on the way. */
function replacedAt(
  here: unknown, path: DocumentPath, replace: (target: PlainValue | undefined) => PlainValue | undefined, grow = false,
): unknown {
  const [step, ...rest] = path
  if (step === undefined) return replace(here as PlainValue | undefined)
  if (isList(here)) {
    if (typeof step !== 'number' || step >= here.length) return undefined
    const inner = replacedAt(here[step], rest, replace, grow)
    return inner === undefined ? undefined : here.with(step, inner as PlainValue)
  }
  const mapping = here === undefined || here === null ? (grow ? {} : undefined) : here
  if (!isMapping(mapping) || typeof step !== 'string' || (!grow && !Object.hasOwn(mapping, step))) return undefined
  const inner = replacedAt(Object.hasOwn(mapping, step) ? mapping[step] : undefined, rest, replace, grow)
  return inner === undefined ? undefined : { ...mapping, [step]: inner }
}
