import type { ComputedRef } from 'vue'

import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import { carried, moveObjects } from '#renderer/stores/edits/move'
import type { ObjectId, OutlineObject } from '#renderer/stores/outline'
import { useSelectionStore } from '#renderer/stores/selection'
import { counted } from '#shared/analysis/index'
import { moveElements, straightenLinks } from '#shared/lab/index'

import { align, distribute, sameSize, type AlignmentLine, type Places } from './arrange'
import type { CanvasModel } from './canvas-elements'
import type { Point } from './geometry'
import type { Boxes } from './layout'
import type { Tidy } from './tidy/useTidy'

/** What `useArrange` is given. */
export interface ArrangeOptions {
  readonly boxes: ComputedRef<Boxes>
  readonly model: ComputedRef<CanvasModel>
  readonly tidy: Tidy
  /** Shows things on their way to new places; comes once they are there. */
  readonly animate: (places: Places) => Promise<void>
}

/** Putting things in order; each is one step of the history. */
export interface Arrange {
  readonly align: (line: AlignmentLine) => boolean
  readonly distribute: (axis: 'x' | 'y') => boolean
  /** Makes what has a size of its own as wide, or as high, as the greatest that is selected. */
  readonly sameSize: (length: 'width' | 'height') => boolean
  /** Lays out several selected things, or everything. */
  readonly tidyUp: () => Promise<void>
}

/** What has a size of its own; other cards are as large as what they show. */
const SIZED: ReadonlySet<OutlineObject['kind']> = new Set(['rack', 'namespace', 'note', 'shape'])

/** How many of these have a size that can be made the same. */
export function countSized(objects: readonly OutlineObject[]): number {
  return objects.filter(hasOwnSize).length
}

function hasOwnSize({ kind }: OutlineObject): boolean {
  return SIZED.has(kind)
}

/** Aligns, spaces out and tidies up what is selected. */
export function useArrange({ boxes, model, tidy, animate }: ArrangeOptions): Arrange {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const canvas = useCanvasStore()
  const { announce } = useAnnouncer()
  const boxOf = (id: ObjectId): Point | undefined => boxes.value.get(id)

  /** What is selected and drawn; what stands in a selected container goes with it. */
  function selectedBoxes(): Boxes {
    const inContainer = new Set(model.value.items.filter(({ rack }) => rack !== undefined && selection.ids.has(rack)).map(({ id }) => id))
    return new Map([...boxes.value].filter(([id]) => selection.ids.has(id) && !inContainer.has(id)))
  }

  function move(verb: string, found: Places): boolean {
    if (document.document === undefined || found.size === 0) return false
    const places = carried(document.outline, found, boxOf)
    const { operations } = moveObjects(document.document, document.outline, places, new Map())
    const label = `${verb} ${counted(found.size, 'thing')}`
    const names = new Set([...found.keys()].map((id) => document.outline.byId.get(id)?.name ?? ''))
    const straight = verb === 'Tidy up' ? straightenLinks(document.document, names).operations : []
    document.commit({ label, operations: [...straight, ...operations] })
    announce(label)
    return true
  }

  function makeSame(length: 'width' | 'height'): boolean {
    const own = selectedBoxes()
    const sized = selection.objects.filter((object) => hasOwnSize(object) && own.has(object.id))
    if (document.document === undefined || sized.length < 2) return false
    const same = sameSize(new Map(sized.map(({ id }) => [id, own.get(id)!])), length)
    const elements = sized.map(({ id, element }) => ({ element, placement: same.get(id)! }))
    const label = `Resize ${counted(sized.length, 'thing')}`
    document.commit({ label, operations: moveElements(document.document, elements).operations })
    announce(label)
    return true
  }

  async function tidyUp(): Promise<void> {
    const edited = document.document
    const chosen = selection.objects.filter(({ id }) => boxes.value.has(id))
    const found = await tidy.find(model.value, chosen.length > 1 ? new Set(chosen.map(({ id }) => id)) : undefined)
    // An edit that was made meanwhile is worth more than the order of what was there before it.
    if (found === undefined || document.document !== edited) return
    await animate(found)
    if (document.document !== edited) return
    move('Tidy up', found)
    if (chosen.length <= 1) canvas.verbs?.fit()
  }

  return {
    align: (line) => move('Align', align(selectedBoxes(), line)),
    distribute: (axis) => move('Space out', distribute(selectedBoxes(), axis)),
    sameSize: makeSame,
    tidyUp,
  }
}
