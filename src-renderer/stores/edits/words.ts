import type { FieldOwner } from '../outline'

/** A number with its noun: `1 node`, `2 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Names one thing, counts several. */
export function describe(objects: readonly FieldOwner[]): string {
  const [first] = objects
  return objects.length === 1 && first !== undefined ? first.name || first.kind : counted(objects.length, 'thing')
}
