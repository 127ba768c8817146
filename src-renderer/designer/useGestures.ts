import { useVueFlow } from '@vue-flow/core'
import { shallowRef, type ComputedRef, type Ref } from 'vue'

import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { linkObjects } from '#renderer/stores/edits/linking'
import { moveObjects } from '#renderer/stores/edits/move'
import { placeObject } from '#renderer/stores/edits/place'
import { movePods } from '#renderer/stores/edits/pods'
import { counted } from '#renderer/stores/edits/words'
import type { ObjectId } from '#renderer/stores/outline'
import { isPlaceableKind, PLACEABLE_DRAG_TYPE, PODS_DRAG_TYPE, type PlaceableKind } from '#renderer/stores/placeable'
import { useSelectionStore } from '#renderer/stores/selection'

import { dropTargetOf, nodeAt, rackAt, racksAfterMove } from './drop-target'
import { centre, snap, type Point } from './geometry'
import type { Boxes } from './layout'
import { sizeOfKind } from './sizes'

/** What the gestures on the canvas do. */
export interface Gestures {
  /** What would take in what is being dragged. */
  readonly dropTarget: Readonly<Ref<ObjectId | undefined>>
  readonly select: (ids: ReadonlySet<ObjectId>) => void
  readonly drag: (places: ReadonlyMap<ObjectId, Point>) => void
  readonly move: (places: ReadonlyMap<ObjectId, Point>) => void
  readonly link: (from: ObjectId, to: ObjectId) => void
  readonly pressPane: (at: Point, event: MouseEvent) => void
  readonly selectPods: (workload: ObjectId, add: boolean) => void
  readonly dragPods: (workload: ObjectId, node: ObjectId, event: DragEvent) => void
  readonly changeNote: (note: ObjectId, text: string) => void
  readonly dragOver: (event: DragEvent) => void
  readonly dragLeave: () => void
  readonly drop: (event: DragEvent) => void
  /** Puts a new thing with its middle at a point. */
  readonly place: (kind: PlaceableKind, at: Point, into?: ObjectId) => void
}

/** Turns gestures on the canvas into edits of the lab and selections. */
export function useGestures(boxes: ComputedRef<Boxes>): Gestures {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const flow = useVueFlow('lab')
  const { announce } = useAnnouncer()
  const { show } = useToasts()
  const dropTarget = shallowRef<ObjectId>()

  const pointOf = ({ clientX, clientY }: MouseEvent): Point => flow.screenToFlowCoordinate({ x: clientX, y: clientY })

  function place(kind: PlaceableKind, at: Point, into?: ObjectId): void {
    const size = sizeOfKind(kind)
    const corner = { x: at.x - size.width / 2, y: at.y - size.height / 2 }
    const { change, id } = placeObject(document.outline, kind, { ...(canvas.snapping ? snap(corner) : corner), into })
    document.commit(change)
    selection.select([id])
    canvas.armed = undefined
    const target = into === undefined ? undefined : document.outline.byId.get(into)
    announce(`Added ${document.outline.byId.get(id)?.name ?? kind}${target === undefined ? '' : ` to ${target.kind} ${target.name}`}`)
  }

  function drag(places: ReadonlyMap<ObjectId, Point>): void {
    const alone = [...places].filter(([id]) => /^(switch|node):/u.test(id))
    const [first] = alone
    dropTarget.value = first === undefined || [...places.keys()].some((id) => id.startsWith('rack:'))
      ? undefined
      : rackAt(document.outline, boxes.value, centre({ ...boxes.value.get(first[0])!, ...first[1] }))
  }

  function move(places: ReadonlyMap<ObjectId, Point>): void {
    dropTarget.value = undefined
    const racks = racksAfterMove(document.outline, boxes.value, places)
    const names = [...places.keys()].flatMap((id) => document.outline.byId.get(id)?.name ?? [])
    const label = `Move ${names.length === 1 ? names[0]! : counted(names.length, 'thing')}`
    document.commit({ label, operations: moveObjects(document.outline, places, racks) })
  }

  function link(from: ObjectId, to: ObjectId): void {
    const linking = linkObjects(document.outline, from, to)
    if (!linking.legal) return show({ text: linking.reason })
    document.commit(linking.change)
    announce(linking.change.label)
  }

  function pressPane(at: Point, event: MouseEvent): void {
    if (canvas.armed !== undefined) {
      place(canvas.armed, at, dropTargetOf(document.outline, boxes.value, canvas.armed, at))
      return
    }
    // The inside of a rack lets presses through, so that a selection can be drawn there; a plain press means the rack.
    const rack = rackAt(document.outline, boxes.value, at)
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

  function changeNote(note: ObjectId, text: string): void {
    const object = document.outline.byId.get(note)
    if (object === undefined) return
    document.commit({ label: `Edit ${object.name}`, operations: [{ op: 'set', path: [...object.path, 'text'], value: text }] })
  }

  function dragOver(event: DragEvent): void {
    const types = event.dataTransfer?.types ?? []
    const isPods = types.includes(PODS_DRAG_TYPE)
    if (!isPods && !types.includes(PLACEABLE_DRAG_TYPE)) return
    event.preventDefault()
    const at = pointOf(event)
    // What is dragged can't be read before it is dropped, only its type: every place that some kind fits is shown.
    dropTarget.value = nodeAt(document.outline, boxes.value, at) ?? (isPods ? undefined : rackAt(document.outline, boxes.value, at))
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
      place(kind, at, dropTargetOf(document.outline, boxes.value, kind, at))
    } else if (pods !== '') {
      event.preventDefault()
      dropPods(JSON.parse(pods) as [ObjectId, ObjectId], at)
    }
  }

  function dropPods([workload, from]: readonly [ObjectId, ObjectId], at: Point): void {
    const to = nodeAt(document.outline, boxes.value, at)
    if (to === undefined || to === from) return
    const change = movePods(document.outline, workload, from, to)
    if (change === undefined) return
    document.commit(change)
    announce(change.label)
  }

  return {
    dropTarget, select: selection.select, drag, move, link, pressPane, selectPods, dragPods, changeNote,
    dragOver, dragLeave, drop, place,
  }
}
