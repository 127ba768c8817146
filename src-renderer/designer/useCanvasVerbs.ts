import { useVueFlow } from '@vue-flow/core'
import { usePreferredReducedMotion } from '@vueuse/core'
import { nextTick, onScopeDispose, watch, type ComputedRef } from 'vue'

import { useCanvasStore, type CanvasVerbs } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import type { ObjectId } from '#renderer/stores/outline'
import type { PlaceableKind } from '#renderer/stores/placeable'
import { useSelectionStore } from '#renderer/stores/selection'

import { bounds, centre, overlap, type Point } from './geometry'
import type { Boxes } from './layout'
import { detailOf } from './level-of-detail'
import { sizeOfKind } from './sizes'
import type { Gestures } from './useGestures'

const ZOOM_STEP = 1.25
const FIT_PADDING = 0.12
const MOST_ZOOM_ON_FIT = 1
const STAGGER = 24
/** Below this zoom names on cards can't be read. */
const LEAST_READABLE = 0.5
const MOTION_MS = 180
const ARRIVAL_MS = 300

/**
 * Offers what the canvas can be asked to do to the rest of the window, for as long as the canvas is there. Answers what
 * moves a card into view at the zoom there is, if it is out of view.
 */
export function useCanvasVerbs(boxes: ComputedRef<Boxes>, gestures: Gestures, draw: CanvasVerbs['draw']): (id: ObjectId) => void {
  const canvas = useCanvasStore()
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const flow = useVueFlow('lab')
  const motion = usePreferredReducedMotion()
  // An animation measures the canvas as it begins, and divides by its size: out of sight it has none.
  const isInSight = (): boolean => (flow.vueFlowRef.value?.clientWidth ?? 0) > 0
  const duration = (): number => (motion.value === 'reduce' || !isInSight() ? 0 : MOTION_MS)

  /** Where the view stands while it shows everything; undefined once it was moved. */
  let fitted: string | undefined

  function fit(ids?: readonly ObjectId[], ms = duration()): void {
    const shown = ids === undefined ? [...boxes.value.values()] : ids.flatMap((id) => boxes.value.get(id) ?? [])
    const around = bounds(shown)
    if (around === undefined) return
    const { width, height } = flow.dimensions.value
    const zoom = Math.min(
      MOST_ZOOM_ON_FIT,
      (width * (1 - FIT_PADDING)) / around.width,
      (height * (1 - FIT_PADDING)) / around.height,
    )
    const middle = centre(around)
    fitted = undefined
    void flow.setCenter(middle.x, middle.y, { zoom, duration: ms }).then(() => {
      if (ids === undefined) fitted = viewNow()
    })
  }

  function viewNow(): string {
    const { x, y, zoom } = flow.viewport.value
    return [x, y, zoom].join(' ')
  }

  /** Things that are no cards are where their cards are: links between their ends, pods on their nodes. */
  function cardsOf(id: ObjectId): readonly ObjectId[] {
    if (boxes.value.has(id)) return [id]
    const link = document.outline.links.find((item) => item.id === id)
    if (link !== undefined) return link.ends
    const workload = document.outline.workloads.find((item) => item.id === id)
    return document.outline.nodes.filter(({ name }) => workload?.nodes.includes(name) ?? false).map((node) => node.id)
  }

  function reveal(id: ObjectId): void {
    selection.select([id])
    const cards = cardsOf(id)
    const isTooFar = detailOf(boxes.value.size, flow.viewport.value.zoom) !== 'all' && flow.viewport.value.zoom < LEAST_READABLE
    if (cards.length > 0 && (isTooFar || !isInView(cards))) fit(cards)
    void nextTick(() => focusElement(id))
    // Of a large lab it is an element of the page only once the view has come there.
    setTimeout(() => window.document.activeElement === window.document.body && focusElement(id), ARRIVAL_MS)
  }

  function bringIntoView(id: ObjectId): void {
    const box = boxes.value.get(id)
    if (box === undefined || isInView([id])) return
    const middle = centre(box)
    void flow.setCenter(middle.x, middle.y, { zoom: flow.viewport.value.zoom, duration: duration() })
  }

  function isInView(ids: readonly ObjectId[]): boolean {
    const from = flow.screenToFlowCoordinate(corner('start'))
    const to = flow.screenToFlowCoordinate(corner('end'))
    const around = bounds(ids.flatMap((id) => boxes.value.get(id) ?? []))
    return around !== undefined && around.x >= from.x && around.y >= from.y
      && around.x + around.width <= to.x && around.y + around.height <= to.y
  }

  function corner(which: 'start' | 'end'): Point {
    const rect = flow.vueFlowRef.value?.getBoundingClientRect()
    if (rect === undefined) return { x: 0, y: 0 }
    return which === 'start' ? { x: rect.left, y: rect.top } : { x: rect.right, y: rect.bottom }
  }

  function focusElement(id: ObjectId): void {
    const found = flow.vueFlowRef.value?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
    found?.focus({ preventScroll: true })
  }

  /** Where a thing put there by the keyboard goes: into the selected rack or node, else to the middle of the view. */
  function place(kind: PlaceableKind): void {
    const into = selection.objects.find((object) =>
      (object.kind === 'rack' && (kind === 'node' || kind === 'tor')) || (object.kind === 'node' && kind === 'workload'))
    const rect = flow.vueFlowRef.value?.getBoundingClientRect()
    const middle = flow.screenToFlowCoordinate({
      x: (rect?.left ?? 0) + (rect?.width ?? 0) / 2,
      y: (rect?.top ?? 0) + (rect?.height ?? 0) / 2,
    })
    const box = into === undefined ? undefined : boxes.value.get(into.id)
    gestures.place(kind, freeSpot(kind, box === undefined ? middle : centre(box)), into?.id)
    void nextTick(() => [...selection.ids].forEach(focusElement))
  }

  /** The first spot, going right and down in small steps, where a new thing covers no card. */
  function freeSpot(kind: PlaceableKind, at: Point): Point {
    const { width, height } = sizeOfKind(kind)
    const cards = [...boxes.value].filter(([id]) => kind === 'rack' || !id.startsWith('rack:')).map(([, box]) => box)
    let spot = at
    for (let tries = 0; tries < 40; tries += 1) {
      const box = { x: spot.x - width / 2, y: spot.y - height / 2, width, height }
      if (!cards.some((card) => overlap(card, box))) break
      spot = { x: spot.x + STAGGER, y: spot.y + STAGGER }
    }
    return spot
  }

  watch(() => flow.viewport.value.zoom, (zoom) => (canvas.zoom = zoom), { immediate: true })
  // At once: there is no view yet to move from.
  flow.onInit(() => fit(undefined, 0))
  // Who has looked at everything so far still does, in a window of any size. A panel that opens beside the canvas does not
  // hide what is being worked on.
  watch(() => [flow.dimensions.value.width, flow.dimensions.value.height], () => {
    const [first] = selection.ids
    if (fitted === viewNow() && isInSight()) fit(undefined, 0)
    else if (first !== undefined) bringIntoView(first)
  })
  watch(() => document.openCount, () => void nextTick(() => fit()))

  canvas.verbs = {
    all: () => boxes.value.keys(),
    zoomIn: () => void flow.zoomTo(flow.viewport.value.zoom * ZOOM_STEP, { duration: duration() }),
    zoomOut: () => void flow.zoomTo(flow.viewport.value.zoom / ZOOM_STEP, { duration: duration() }),
    zoomActualSize: () => void flow.zoomTo(1, { duration: duration() }),
    fit,
    reveal,
    place,
    draw,
  }
  onScopeDispose(() => (canvas.verbs = undefined))
  return bringIntoView
}
