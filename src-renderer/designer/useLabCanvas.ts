import { computed, shallowRef, watch, type ComputedRef } from 'vue'

import { useDocumentStore } from '#renderer/stores/document'

import { canvasModel, type CanvasModel } from './canvas-model'
import { layoutLab, type Boxes } from './layout'
import { placePods, type PodPlaces } from './pods'

/** What `useLabCanvas` gives. */
export interface LabCanvasData {
  readonly pods: ComputedRef<PodPlaces>
  readonly boxes: ComputedRef<Boxes>
  readonly model: ComputedRef<CanvasModel>
}

/** What the canvas draws of the open lab. Things keep the place they were given by layout until another lab is opened. */
export function useLabCanvas(): LabCanvasData {
  const document = useDocumentStore()
  const remembered = shallowRef<Boxes>(new Map())

  const pods = computed(() => placePods(document.outline))
  const boxes = computed(() => layoutLab(document.outline, pods.value, remembered.value))
  const model = computed(() => canvasModel(document.outline, pods.value, boxes.value, document.severities))

  watch(() => document.openCount, () => (remembered.value = new Map()))
  // Remembering what was just laid out would not change it; so this does not run in circles.
  watch(boxes, (laidOut) => {
    const known = remembered.value
    if ([...laidOut.keys()].some((id) => !known.has(id))) remembered.value = new Map([...known, ...laidOut])
  }, { immediate: true })

  return { pods, boxes, model }
}
