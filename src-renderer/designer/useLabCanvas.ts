import { computed, shallowRef, watch, type ComputedRef } from 'vue'

import { useCanvasStore } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import type { Layer } from '#renderer/stores/layers'
import type { ObjectId } from '#renderer/stores/outline'
import { usePolicyArrowsStore } from '#renderer/stores/policy-arrows'
import { useRunsStore } from '#renderer/stores/runs'
import { useSelectionStore } from '#renderer/stores/selection'

import type { CanvasModel, LinkLoad } from './canvas-elements'
import { canvasModel } from './canvas-model'
import { layoutLab, type Boxes } from './layout'
import { linkLoads } from './link-loads'
import { placePods, type PodPlaces } from './pods'
import { sceneOf, type Scene } from './scene'

/** What `useLabCanvas` gives. */
export interface LabCanvasData {
  readonly scene: ComputedRef<Scene>
  readonly pods: ComputedRef<PodPlaces>
  readonly boxes: ComputedRef<Boxes>
  readonly model: ComputedRef<CanvasModel>
}

const NO_LOADS: ReadonlyMap<ObjectId, LinkLoad> = new Map()
const NO_PODS: PodPlaces = { onNode: new Map(), homeless: [] }

/** What the canvas draws of the open lab. Things keep the place they were given by layout until another lab is opened. */
export function useLabCanvas(): LabCanvasData {
  const document = useDocumentStore()
  const canvas = useCanvasStore()
  const arrows = usePolicyArrowsStore()
  const runs = useRunsStore()
  const selection = useSelectionStore()
  const remembered = shallowRef<Boxes>(new Map())

  const layers = computed(() => new Set<Layer>(canvas.layers))
  const scene = computed(() => sceneOf(document.outline, layers.value))
  const pods = computed(() => (layers.value.has('pods') ? placePods(document.outline) : NO_PODS))
  const boxes = computed(() => layoutLab(scene.value.outline, pods.value, remembered.value, scene.value))
  const variant = computed(() => selection.objects.find(({ kind }) => kind === 'variant')?.name)
  /** Of the run that is shown, where the lab is still as it was run. */
  const loads = computed(() => {
    const data = canvas.labels === 'load' ? runs.shown : null
    return data === null || data.entry.labHash !== document.hash ? NO_LOADS : linkLoads(document.outline, data.result, variant.value)
  })
  const model = computed(() => canvasModel(scene.value.outline, pods.value, boxes.value, document.severities, {
    ...scene.value, whole: document.outline, bgp: layers.value.has('bgp'), arrows: arrows.isShown ? (arrows.found?.arrows ?? []) : [], loads: loads.value,
  }))

  watch(() => document.openCount, () => (remembered.value = new Map()))
  // Remembering what was just laid out would not change it; so this does not run in circles.
  watch(boxes, (laidOut) => {
    const known = remembered.value
    if ([...laidOut.keys()].some((id) => !known.has(id))) remembered.value = new Map([...known, ...laidOut])
  }, { immediate: true })

  return { scene, pods, boxes, model }
}
