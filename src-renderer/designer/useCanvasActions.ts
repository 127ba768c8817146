import type { ComputedRef } from 'vue'

import { useKeymap } from '#renderer/composables/useKeymap'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { moveObjects } from '#renderer/stores/edits/move'
import type { ObjectId } from '#renderer/stores/outline'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'

import { CANVAS_SHORTCUTS, type CanvasAction } from './canvas-shortcuts'
import { racksAfterMove } from './drop-target'
import { GRID, type Point } from './geometry'
import type { Boxes } from './layout'
import type { LabClipboard } from './useClipboard'

const FAR = GRID * 10

/** What the keys of the canvas do; menus offer the same. Answers false where there was nothing to do. */
export type CanvasActions = Readonly<Record<CanvasAction, () => unknown>>

/** The actions of the canvas, bound to their keys for as long as the canvas is there. */
export function useCanvasActions(boxes: ComputedRef<Boxes>, clipboard: LabClipboard, openLinkPicker: () => void): CanvasActions {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const edits = useLabEdits()

  function move(dx: number, dy: number): boolean {
    const places = new Map<ObjectId, Point>()
    for (const { id, kind, name } of selection.objects) {
      shift(places, id, dx, dy)
      if (kind !== 'rack') continue
      for (const item of [...document.outline.switches, ...document.outline.nodes]) {
        if (item.rack === name) shift(places, item.id, dx, dy)
      }
    }
    if (places.size === 0 || document.document === undefined) return false
    const racks = racksAfterMove(document.outline, boxes.value, places)
    document.commit(moveObjects(document.document, document.outline, places, racks), { mergeKey: `move ${[...places.keys()].join()}` })
    return true
  }

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
