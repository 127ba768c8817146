import type { ComputedRef } from 'vue'

import { useKeymap } from '#renderer/composables/useKeymap'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { carried, moveObjects } from '#renderer/stores/edits/move'
import { counted } from '#renderer/stores/edits/words'
import type { ObjectId } from '#renderer/stores/outline'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'

import { align, distribute, tidy, type Places } from './arrange'
import { CANVAS_SHORTCUTS, type CanvasAction } from './canvas-shortcuts'
import { racksAfterMove } from './drop-target'
import { GRID, type Point } from './geometry'
import type { Boxes } from './layout'
import type { PodPlaces } from './pods'
import type { LabClipboard } from './useClipboard'

const FAR = GRID * 10

/** What the keys of the canvas do; menus offer the same. Answers false where there was nothing to do. */
export type CanvasActions = Readonly<Record<CanvasAction, () => unknown>>

/** What `useCanvasActions` is given. */
export interface CanvasActionOptions {
  readonly boxes: ComputedRef<Boxes>
  readonly pods: ComputedRef<PodPlaces>
  readonly clipboard: LabClipboard
  readonly openLinkPicker: () => void
}

/** The actions of the canvas, bound to their keys for as long as the canvas is there. */
export function useCanvasActions({ boxes, pods, clipboard, openLinkPicker }: CanvasActionOptions): CanvasActions {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const edits = useLabEdits()

  function move(dx: number, dy: number): boolean {
    const places = new Map<ObjectId, Point>()
    for (const { id } of selection.objects) shift(places, id, dx, dy)
    if (places.size === 0 || document.document === undefined) return false
    const racks = racksAfterMove(document.outline, boxes.value, places)
    document.commit(moveObjects(document.document, document.outline, carried(document.outline, places, boxOf), racks), { mergeKey: `move ${[...places.keys()].join()}` })
    return true
  }

  /** What is selected and drawn; what stands in a selected rack goes with the rack. */
  function selectedBoxes(): Boxes {
    const racks = new Set(selection.objects.filter(({ kind }) => kind === 'rack').map(({ name }) => name))
    const members = [...document.outline.switches, ...document.outline.nodes]
    const inRack = new Set(members.filter(({ rack }) => rack !== undefined && racks.has(rack)).map(({ id }) => id))
    return new Map([...boxes.value].filter(([id]) => selection.ids.has(id) && !inRack.has(id)))
  }

  /** Moves things to places found for them, racks with what stands in them. */
  function arrange(verb: string, found: Places): boolean {
    if (document.document === undefined || found.size === 0) return false
    const places = carried(document.outline, found, boxOf)
    const { operations } = moveObjects(document.document, document.outline, places, new Map())
    document.commit({ label: `${verb} ${counted(found.size, 'thing')}`, operations })
    return true
  }

  const boxOf = (id: ObjectId): Point | undefined => boxes.value.get(id)

  function shift(places: Map<ObjectId, Point>, id: ObjectId, dx: number, dy: number): void {
    const box = boxes.value.get(id)
    if (box !== undefined) places.set(id, { x: box.x + dx, y: box.y + dy })
  }

  function clear(): boolean {
    if (canvas.armed !== undefined) canvas.armed = undefined
    else if (selection.ids.size > 0) selection.clear()
    else return false
    return true
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
    left: () => move(-GRID, 0),
    right: () => move(GRID, 0),
    up: () => move(0, -GRID),
    down: () => move(0, GRID),
    farLeft: () => move(-FAR, 0),
    farRight: () => move(FAR, 0),
    farUp: () => move(0, -FAR),
    farDown: () => move(0, FAR),
    alignLeft: () => arrange('Align', align(selectedBoxes(), 'left')),
    alignRight: () => arrange('Align', align(selectedBoxes(), 'right')),
    alignTop: () => arrange('Align', align(selectedBoxes(), 'top')),
    alignBottom: () => arrange('Align', align(selectedBoxes(), 'bottom')),
    spreadAcross: () => arrange('Space out', distribute(selectedBoxes(), 'x')),
    spreadDown: () => arrange('Space out', distribute(selectedBoxes(), 'y')),
    tidy: () => {
      arrange('Tidy up', tidy(document.outline, pods.value))
      canvas.verbs?.fit()
    },
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
    .map((name) => ({ keys: CANVAS_SHORTCUTS[name].keys, run: actions[name] }))
  useKeymap(() => bindings)

  return actions
}
