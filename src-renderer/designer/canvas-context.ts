import { inject, provide, type InjectionKey, type Ref } from 'vue'

import type { LabelMode, LineStyle } from '#renderer/stores/canvas'
import type { ObjectId } from '#renderer/stores/outline'

import type { Point } from './geometry'
import type { Route } from './link-routing'

/** What the cards of the canvas know about what is going on on it. */
export interface CanvasContext {
  readonly selected: Readonly<Ref<ReadonlySet<ObjectId>>>
  /** What is shown without being selected: the ends of selected traffic. */
  readonly marked: Readonly<Ref<ReadonlySet<ObjectId>>>
  /** Where the lines run now; follows cards while they are dragged. */
  readonly routes: Readonly<Ref<ReadonlyMap<string, Route>>>
  /** Where the lines of relations run now, by their ids. */
  readonly relationRoutes: Readonly<Ref<ReadonlyMap<string, Route>>>
  /** Where the labels of links are written. */
  readonly labelPlaces: Readonly<Ref<ReadonlyMap<ObjectId, Point>>>
  readonly lines: Readonly<Ref<LineStyle>>
  readonly labels: Readonly<Ref<LabelMode>>
  /** Where a line is being drawn from. */
  readonly linkingFrom: Readonly<Ref<ObjectId | undefined>>
  /** Why the line being drawn can't end at a thing; empty where it can. */
  readonly linkRefusal: (id: ObjectId) => string
  /** What would take in what is being dragged. */
  readonly dropTarget: Readonly<Ref<ObjectId | undefined>>
  /** A press on the pods of a workload. */
  readonly selectPods: (workload: ObjectId, add: boolean) => void
  readonly dragPods: (workload: ObjectId, node: ObjectId, event: DragEvent) => void
  /** A rack or note was given another size. */
  readonly resize: (id: ObjectId, size: { readonly width: number; readonly height: number }) => void
  /** A line was led through other points. */
  readonly bend: (link: ObjectId, points: readonly Point[]) => void
  /** Where a pointer is on the canvas. */
  readonly pointOf: (event: MouseEvent) => Point
  readonly collapse: (container: ObjectId, collapsed: boolean) => void
  /** A note's text was edited in place. */
  readonly changeNote: (note: ObjectId, text: string) => void
}

const key: InjectionKey<CanvasContext> = Symbol('canvas')

/** Gives the cards below their context. */
export function provideCanvas(context: CanvasContext): void {
  provide(key, context)
}

/** The context of the canvas that a card is on. Throws outside of one. */
export function useCanvas(): CanvasContext {
  const context = inject(key)
  if (context === undefined) throw new Error('A card was used outside of a canvas')
  return context
}
