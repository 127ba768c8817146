import { useVueFlow } from '@vue-flow/core'
import { nextTick, shallowRef, type ComputedRef, type Ref } from 'vue'

import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { carried, moveObjects } from '#renderer/stores/edits/move'
import { placeLinked, placeObject } from '#renderer/stores/edits/place'
import { movePods } from '#renderer/stores/edits/pods'
import type { ObjectId } from '#renderer/stores/outline'
import { isPlaceableKind, PLACEABLE_DRAG_TYPE, PODS_DRAG_TYPE, type PlaceableKind } from '#renderer/stores/placeable'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { bendLink, moveElements, whyNotAssignNamespace } from '#shared/lab/index'

import { dropTargetOf, namespaceAt, namespacesAfterMove, nodeAt, rackAt, racksAfterMove } from './drop-target'
import { centre, snap, type Point } from './geometry'
import type { Boxes } from './layout'
import { sizeOfKind } from './sizes'
import type { LabClipboard } from './useClipboard'

/** What the gestures on the canvas do. */
export interface Gestures {
  /** What would take in what is being dragged. */
  readonly dropTarget: Readonly<Ref<ObjectId | undefined>>
  readonly select: (ids: ReadonlySet<ObjectId>) => void
  readonly drag: (places: ReadonlyMap<ObjectId, Point>) => void
  /** `copy`: leaves the things where they were and puts copies there. */
  readonly move: (places: ReadonlyMap<ObjectId, Point>, copy: boolean) => void
  readonly pressPane: (at: Point, event: MouseEvent) => void
  readonly selectPods: (workload: ObjectId, add: boolean) => void
  readonly dragPods: (workload: ObjectId, node: ObjectId, event: DragEvent) => void
  readonly resize: (id: ObjectId, size: { readonly width: number; readonly height: number }) => void
  /** Leads a line through points. */
  readonly bend: (link: ObjectId, points: readonly Point[]) => void
  /** Draws containers as badges, or in full. */
  readonly collapse: (container: ObjectId, collapsed: boolean) => void
  readonly changeNote: (note: ObjectId, text: string) => void
  readonly dragOver: (event: DragEvent) => void
  readonly dragLeave: () => void
  readonly drop: (event: DragEvent) => void
  /** Puts a new thing with its middle at a point, linked to another one where that is given. */
  readonly place: (kind: PlaceableKind, at: Point, into?: ObjectId, from?: ObjectId) => void
}

function isAboutPods(kind: PlaceableKind): boolean {
  return kind === 'service' || kind === 'policy'
}

/** The workload on whose pods something is dropped that is about pods. */
function podsUnder(kind: PlaceableKind, { target }: DragEvent): ObjectId | undefined {
  if (!isAboutPods(kind)) return undefined
  const pods = target instanceof Element ? target.closest<HTMLElement>('[data-pods-of]') : null
  return pods?.dataset['podsOf'] as ObjectId | undefined
}

/** Turns gestures on the canvas into edits of the lab and selections. */
export function useGestures(boxes: ComputedRef<Boxes>, clipboard: LabClipboard): Gestures {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const flow = useVueFlow('lab')
  const { announce } = useAnnouncer()
  const edits = useLabEdits()
  const toasts = useToasts()
  const dropTarget = shallowRef<ObjectId>()

  const pointOf = ({ clientX, clientY }: MouseEvent): Point => flow.screenToFlowCoordinate({ x: clientX, y: clientY })

  function place(kind: PlaceableKind, at: Point, into?: ObjectId, from?: ObjectId): void {
    const size = sizeOfKind(kind)
    const corner = { x: at.x - size.width / 2, y: at.y - size.height / 2 }
    const target = into === undefined ? undefined : document.outline.byId.get(into)
    const spot = canvas.snapping ? snap(corner) : corner
    const linked = from === undefined ? undefined : document.outline.byId.get(from)
    edits.edit((lab) => (linked === undefined ? placeObject(lab, kind, spot, target) : placeLinked(lab, kind, spot, target, linked)))
    canvas.armed = undefined
    // What is about pods is not put where it was dropped, but beside their workload.
    const [made] = selection.ids
    if (isAboutPods(kind) && target !== undefined && made !== undefined) void nextTick(() => canvas.verbs?.reveal(made))
  }

  function drag(places: ReadonlyMap<ObjectId, Point>): void {
    const moved = new Set(places.keys())
    const [first] = [...places].filter(([id]) => /^(switch|node|workload|service|policy):/u.test(id))
    if (first === undefined || [...moved].some((id) => /^(rack|namespace|group):/u.test(id))) {
      dropTarget.value = undefined
      return
    }
    const middle = centre({ ...boxes.value.get(first[0])!, ...first[1] })
    const find = /^(switch|node):/u.test(first[0]) ? rackAt : namespaceAt
    dropTarget.value = find(document.outline, boxes.value, middle)
  }

  function move(places: ReadonlyMap<ObjectId, Point>, copy: boolean): void {
    dropTarget.value = undefined
    const [first] = places
    if (copy && first !== undefined) {
      const from = boxes.value.get(first[0])!
      clipboard.duplicateBy(places.keys(), { x: first[1].x - from.x, y: first[1].y - from.y })
      return
    }
    if (document.document === undefined) return
    const racks = racksAfterMove(document.outline, boxes.value, places)
    const namespaces = namespacesAfterMove(document.outline, boxes.value, places)
    const all = carried(document.outline, places, (id) => boxes.value.get(id))
    for (const [object, namespace] of namespaces) {
      const refusal = 'name' in object.element ? whyNotAssignNamespace(document.document, object.element, namespace) : undefined
      if (refusal === undefined) continue
      toasts.show({ text: refusal, tone: 'error' })
      namespaces.delete(object)
    }
    document.commit(moveObjects(document.document, document.outline, all, racks, namespaces))
  }

  /** Selects, unless a press is to pick something. */
  function select(ids: ReadonlySet<ObjectId>): void {
    const { pick } = canvas
    if (pick === undefined) {
      selection.select(ids)
      return
    }
    const picked = [...ids].find(pick.accepts)
    if (picked === undefined) return
    canvas.pick = undefined
    pick.take(picked)
  }

  function pressPane(at: Point, event: MouseEvent): void {
    if (canvas.pick !== undefined) return
    if (canvas.armed !== undefined) {
      place(canvas.armed, at, dropTargetOf(document.outline, boxes.value, canvas.armed, at))
      return
    }
    // The inside of a rack lets presses through, so that a selection can be drawn there; a plain press means the rack.
    const rack = rackAt(document.outline, boxes.value, at) ?? namespaceAt(document.outline, boxes.value, at)
    const add = event.shiftKey || event.ctrlKey || event.metaKey
    if (rack !== undefined) selection.select(add ? [...selection.ids, rack] : [rack])
    else if (!add) selection.clear()
  }

  function selectPods(workload: ObjectId, add: boolean): void {
    if (add) selection.toggle(workload)
    else selection.select([workload])
  }

  function dragPods(workload: ObjectId, node: ObjectId, event: DragEvent): void {
    event.dataTransfer?.setData(PODS_DRAG_TYPE, JSON.stringify([workload, node]))
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }

  function resize(id: ObjectId, size: { readonly width: number; readonly height: number }): void {
    const object = document.outline.byId.get(id)
    const box = boxes.value.get(id)
    if (object === undefined || box === undefined || document.document === undefined) return
    const corner = canvas.snapping ? snap({ x: size.width, y: size.height }) : { x: size.width, y: size.height }
    const placement = { x: box.x, y: box.y, width: Math.round(corner.x), height: Math.round(corner.y) }
    const { operations } = moveElements(document.document, [{ element: object.element, placement }])
    document.commit({ label: `Resize ${object.name}`, operations })
  }

  function bend(id: ObjectId, points: readonly Point[]): void {
    const link = document.outline.links.find((item) => item.id === id)
    if (link === undefined || document.document === undefined) return
    const snapped = canvas.snapping ? points.map(snap) : points
    document.commit(bendLink(document.document, link.endNames, link.number, snapped))
  }

  function collapse(id: ObjectId, collapsed: boolean): void {
    const object = document.outline.byId.get(id)
    const box = boxes.value.get(id)
    if (object === undefined || box === undefined || document.document === undefined) return
    const label = `${collapsed ? 'Collapse' : 'Expand'} ${object.name}`
    if (object.kind === 'group') {
      edits.set([...object.path, 'collapsed'], collapsed || undefined, label)
      return
    }
    const { operations } = moveElements(document.document, [{ element: object.element, placement: { x: box.x, y: box.y, collapsed } }])
    document.commit({ label, operations })
  }

  function changeNote(note: ObjectId, text: string): void {
    const object = document.outline.byId.get(note)
    if (object === undefined) return
    edits.set([...object.path, 'text'], text, `Edit ${object.name}`)
  }

  function dragOver(event: DragEvent): void {
    const types = event.dataTransfer?.types ?? []
    const isPods = types.includes(PODS_DRAG_TYPE)
    if (!isPods && !types.includes(PLACEABLE_DRAG_TYPE)) return
    event.preventDefault()
    const at = pointOf(event)
    // What is dragged can't be read before it is dropped, only its type: every place that some kind fits is shown.
    dropTarget.value = nodeAt(document.outline, boxes.value, at)
      ?? (isPods ? undefined : rackAt(document.outline, boxes.value, at) ?? namespaceAt(document.outline, boxes.value, at))
  }

  function dragLeave(): void {
    dropTarget.value = undefined
  }

  function drop(event: DragEvent): void {
    dropTarget.value = undefined
    const at = pointOf(event)
    const kind = event.dataTransfer?.getData(PLACEABLE_DRAG_TYPE) ?? ''
    const pods = event.dataTransfer?.getData(PODS_DRAG_TYPE) ?? ''
    if (isPlaceableKind(kind)) {
      event.preventDefault()
      place(kind, at, podsUnder(kind, event) ?? dropTargetOf(document.outline, boxes.value, kind, at))
    } else if (pods !== '') {
      event.preventDefault()
      dropPods(JSON.parse(pods) as [ObjectId, ObjectId], at)
    }
  }

  function dropPods([workload, from]: readonly [ObjectId, ObjectId], at: Point): void {
    const to = nodeAt(document.outline, boxes.value, at)
    if (to === undefined || document.document === undefined) return
    const change = movePods(document.document, document.outline, workload, from, to)
    if (change === undefined) return
    document.commit(change)
    announce(change.label)
  }

  return {
    dropTarget, select, drag, move, pressPane, selectPods, dragPods, resize, bend, collapse, changeNote,
    dragOver, dragLeave, drop, place,
  }
}
