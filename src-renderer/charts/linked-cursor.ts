import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

/** Where the pointer stands on an axis that several charts share. */
export interface CursorPlace {
  /** Value on the horizontal axis. */
  readonly x: number
  /** The chart that the pointer is over. */
  readonly source: symbol
}

/** The shared cursor of charts with one axis; null while the pointer is over none of them. */
export type LinkedCursor = ShallowRef<CursorPlace | null>

const key: InjectionKey<LinkedCursor> = Symbol('linked cursor')

/**
 * Links the cursors of all charts below that ask for it. They are linked by value: ECharts' own `connect` links by index,
 * which is another time as soon as two charts have other points.
 */
export function provideLinkedCursor(): void {
  provide(key, shallowRef(null))
}

/** The cursor that this chart shares with others; a cursor of its own where none was provided. */
export function useLinkedCursor(): LinkedCursor {
  return inject(key, () => shallowRef(null), true)
}
