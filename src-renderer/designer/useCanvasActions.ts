import { onScopeDispose, type ComputedRef } from 'vue'

import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useKeymap } from '#renderer/composables/useKeymap'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { carried, isLocked, moveObjects } from '#renderer/stores/edits/move'
import { newFault, usualFault } from '#renderer/stores/edits/new-fault'
import { describe } from '#renderer/stores/edits/words'
import { LAYERS, LAYER_WORDS } from '#renderer/stores/layers'
import type { ObjectId } from '#renderer/stores/outline'
import { PLACEABLE_KINDS, PLACEABLE_NAMES } from '#renderer/stores/placeable'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { addGroup, moveElements } from '#shared/lab/index'

import { CANVAS_SHORTCUTS, type CanvasAction } from './canvas-shortcuts'
import { racksAfterMove } from './drop-target'
import { GRID, type Point } from './geometry'
import type { Boxes } from './layout'
import type { Arrange } from './useArrange'
import type { LabClipboard } from './useClipboard'
import type { Gestures } from './useGestures'

const FAR = GRID * 10

/** What the keys of the canvas do; menus offer the same. Answers false where there was nothing to do. */
export type CanvasActions = Readonly<Record<CanvasAction, () => unknown>>

/** What `useCanvasActions` is given. */
export interface CanvasActionOptions {
  readonly boxes: ComputedRef<Boxes>
  readonly arrange: Arrange
  readonly gestures: Gestures
  readonly clipboard: LabClipboard
  readonly openLinkPicker: () => void
}

/** The actions of the canvas, bound to their keys for as long as the canvas is there. */
export function useCanvasActions({ boxes, arrange, gestures, clipboard, openLinkPicker }: CanvasActionOptions): CanvasActions {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const edits = useLabEdits()
  const { announce } = useAnnouncer()

  function move(dx: number, dy: number): boolean {
    const places = new Map<ObjectId, Point>()
    for (const { id } of selection.objects) shift(places, id, dx, dy)
    if (places.size === 0 || document.document === undefined) return false
    const racks = racksAfterMove(document.outline, boxes.value, places)
    document.commit(moveObjects(document.document, document.outline, carried(document.outline, places, boxOf), racks), { mergeKey: `move ${[...places.keys()].join()}` })
    return true
  }

  const boxOf = (id: ObjectId): Point | undefined => boxes.value.get(id)

  function shift(places: Map<ObjectId, Point>, id: ObjectId, dx: number, dy: number): void {
    const box = boxes.value.get(id)
    if (box !== undefined) places.set(id, { x: box.x + dx, y: box.y + dy })
  }

  function clear(): boolean {
    if (canvas.pick !== undefined) canvas.pick = undefined
    else if (canvas.armed !== undefined) canvas.armed = undefined
    else if (selection.ids.size > 0) selection.clear()
    else return false
    return true
  }

  function group(): void {
    const members = selection.objects.filter(({ kind }) => kind === 'switch' || kind === 'node' || kind === 'external')
    if (members.length > 1) edits.edit((lab) => addGroup(lab, members.map(({ element }) => element)))
    else announce('Select switches, nodes or hosts to group')
  }

  /** Adds what usually breaks of the first selected thing that can. */
  function fail(): void {
    const broken = selection.objects.find((object) => usualFault(object) !== undefined)
    const fault = broken && newFault(document.outline, usualFault(broken)!, [broken])
    if (fault === undefined) announce('Select a link, a node, pods, a service or a policy to break')
    else edits.edit(fault)
  }

  /** Draws the selected containers as badges; those that are already are drawn in full. */
  function collapse(): void {
    for (const { id, kind, name } of selection.objects) {
      if (kind !== 'rack' && kind !== 'namespace' && kind !== 'group') continue
      const places = kind === 'rack' ? document.outline.places.racks : document.outline.places.namespaces
      const collapsed = kind === 'group' ? document.outline.groups.some((item) => item.id === id && item.collapsed) : places.get(name)?.collapsed === true
      gestures.collapse(id, !collapsed)
    }
  }

  /** Locks what is selected in its place; where all of it is locked, unlocks it. */
  function lock(): void {
    if (document.document === undefined) return
    const drawn = selection.objects.flatMap((object) => {
      const box = boxes.value.get(object.id)
      return box === undefined || object.kind === 'group' ? [] : [{ object, box }]
    })
    const locked = drawn.every(({ object }) => isLocked(document.outline, object))
    const { operations } = moveElements(document.document, drawn.map(({ object: { element }, box: { x, y } }) =>
      ({ element, placement: { x, y, locked: !locked } })))
    document.commit({ label: `${locked ? 'Unlock' : 'Lock'} ${describe(drawn.map(({ object }) => object))}`, operations })
  }

  const withSelection = (run: () => void) => (): boolean => {
    if (selection.ids.size > 0) run()
    return selection.ids.size > 0
  }

  const actions: CanvasActions = {
    remove: withSelection(() => edits.remove(selection.ids)),
    copy: withSelection(clipboard.copy),
    cut: withSelection(clipboard.cut),
    paste: clipboard.paste,
    duplicate: clipboard.duplicate,
    selectAll: () => selection.select(boxes.value.keys()),
    clear,
    rename: withSelection(() => (canvas.renameRequests += 1)),
    link: withSelection(openLinkPicker),
    fail,
    left: () => move(-GRID, 0),
    right: () => move(GRID, 0),
    up: () => move(0, -GRID),
    down: () => move(0, GRID),
    farLeft: () => move(-FAR, 0),
    farRight: () => move(FAR, 0),
    farUp: () => move(0, -FAR),
    farDown: () => move(0, FAR),
    alignLeft: () => arrange.align('left'),
    alignRight: () => arrange.align('right'),
    alignTop: () => arrange.align('top'),
    alignBottom: () => arrange.align('bottom'),
    alignCentres: () => arrange.align('centre'),
    alignMiddles: () => arrange.align('middle'),
    spreadAcross: () => arrange.distribute('x'),
    spreadDown: () => arrange.distribute('y'),
    sameWidth: () => arrange.sameSize('width'),
    sameHeight: () => arrange.sameSize('height'),
    tidy: () => void arrange.tidyUp(),
    group: withSelection(group),
    ungroup: withSelection(() => edits.remove(selection.objects.filter(({ kind }) => kind === 'group').map(({ id }) => id))),
    collapse: withSelection(collapse),
    lock: withSelection(lock),
    selectTool: () => void (canvas.hand = false),
    handTool: () => void (canvas.hand = true),
    note: () => canvas.verbs?.place('note'),
    fit: () => canvas.verbs?.fit(),
    fitSelection: () => canvas.verbs?.fit([...selection.ids]),
    zoomIn: () => canvas.verbs?.zoomIn(),
    zoomOut: () => canvas.verbs?.zoomOut(),
    zoomActualSize: () => canvas.verbs?.zoomActualSize(),
  }

  // The keys of the clipboard belong to the system; they come back as its events.
  const left: readonly CanvasAction[] = ['copy', 'cut', 'paste']
  const bindings = (Object.keys(CANVAS_SHORTCUTS) as CanvasAction[])
    .filter((name) => !left.includes(name))
    .map((name) => ({ keys: CANVAS_SHORTCUTS[name].keys, run: () => (canvas.locked && !isLook(name) ? false : actions[name]()) }))
  useKeymap(() => (canvas.shown ? bindings : []))
  canvas.commands = [
    ...(Object.keys(CANVAS_SHORTCUTS) as CanvasAction[]).map((name) =>
      ({ label: CANVAS_SHORTCUTS[name].label, keys: CANVAS_SHORTCUTS[name].keys, run: () => void actions[name]() })),
    ...PLACEABLE_KINDS.map((kind) => ({ label: `Add ${PLACEABLE_NAMES[kind]}`, keys: [], run: () => canvas.verbs?.place(kind) })),
    ...LAYERS.map((layer) => ({ label: `Show or hide ${LAYER_WORDS[layer].name}`, keys: [], run: () => canvas.toggleLayer(layer) })),
    { label: 'Lock or unlock the canvas', keys: [], run: () => void (canvas.locked = !canvas.locked) },
  ]
  onScopeDispose(() => (canvas.commands = []))

  return actions
}

/** What only looks at the lab, and works while the canvas is locked. */
function isLook(name: CanvasAction): boolean {
  return LOOKS.includes(name)
}

const LOOKS: readonly CanvasAction[] = ['selectAll', 'clear', 'selectTool', 'handTool', 'fit', 'fitSelection', 'zoomIn', 'zoomOut', 'zoomActualSize']
