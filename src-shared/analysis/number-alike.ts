/** An item with its number, from 1, among those of the same key. */
export interface Numbered<Item> {
  readonly item: Item
  readonly number: number
}

/** Numbers items among those that `keyOf` does not tell apart, as links side by side, in their order. */
export function numberAlike<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Numbered<Item>[] {
  const counts = new Map<string, number>()
  return items.map((item) => {
    const key = keyOf(item)
    const number = (counts.get(key) ?? 0) + 1
    counts.set(key, number)
    return { item, number }
  })
}
