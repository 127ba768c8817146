import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { FIRST_LAYERS, type Layer } from './layers'
import type { ObjectId, Outline } from './outline'
import type { PlaceableKind } from './placeable'

/** How lines run from card to card. */
export type LineStyle = 'curved' | 'straight' | 'square'

/** What is written on lines: nothing, rates, everything with the names of ports, or how busy they were in the run shown. */
export type LabelMode = 'none' | 'short' | 'full' | 'load'

/** What a picture is to be of. */
export interface DrawOptions {
  /** Another lab than the open one. */
  readonly outline?: Outline
  readonly theme: 'light' | 'dark'
  readonly transparent: boolean
  /** Only these, with what stands in them. */
  readonly only?: ReadonlySet<ObjectId>
  /** Whether the open lab is inside, as text. */
  readonly embed: boolean
  readonly title: string
}

/** A picture as an SVG, with its size in pixels. */
export interface DrawnPicture {
  readonly svg: string
  readonly width: number
  readonly height: number
}

/** What the canvas can be asked to do. It is there while the canvas is. */
export interface CanvasVerbs {
  /** Everything that can be selected on the canvas. */
  readonly all: () => Iterable<ObjectId>
  readonly zoomIn: () => void
  readonly zoomOut: () => void
  /** To 100 %. */
  readonly zoomActualSize: () => void
  /** Shows everything, or the things given. */
  readonly fit: (ids?: readonly ObjectId[]) => void
  /** Selects a thing, moves it into view and gives it the focus. */
  readonly reveal: (id: ObjectId) => void
  /** Draws what is on the canvas, or another lab, as a picture. */
  readonly draw: (options: DrawOptions) => Promise<DrawnPicture>
  /** Puts a new thing in the middle of the view, into the selected rack or node where it fits there. */
  readonly place: (kind: PlaceableKind) => void
}

/** What the next press on the canvas picks, in place of selecting it. */
export interface CanvasPick {
  /** Who asks. */
  readonly owner: string
  /** What to press: "Press the link that fails". */
  readonly prompt: string
  readonly accepts: (id: ObjectId) => boolean
  readonly take: (id: ObjectId) => void
}

/** Something that can be done on the canvas. */
export interface CanvasCommand {
  readonly label: string
  readonly keys: readonly string[]
  readonly run: () => void
}

/** What the canvas is doing, for the parts of the window around it: how panels talk to the canvas. */
export const useCanvasStore = defineStore('canvas', () => {
  const zoom = ref(1)
  /** The kind that the next press on the canvas places. */
  const armed = ref<PlaceableKind>()
  const pick = shallowRef<CanvasPick>()
  /** Whether dragging the empty canvas moves the view instead of selecting. */
  const hand = ref(false)
  /** Whether the canvas is in sight; while another view covers it, its keys and the clipboard leave it alone. */
  const shown = ref(true)
  const snapping = ref(true)
  const minimap = useLocalStorage('canvas.minimap', true)
  /** Whether nothing on the canvas can be changed: for demonstrations. */
  const locked = ref(false)
  /** The names of the layers in sight. */
  const layers = useLocalStorage<readonly Layer[]>('canvas.layers', FIRST_LAYERS)
  /** How lines run. */
  const lines = useLocalStorage<LineStyle>('canvas.lines', 'curved')
  /** What is written on lines. */
  const labels = useLocalStorage<LabelMode>('canvas.labels', 'short')
  /** Counts how often the name of the selected thing was asked for. */
  const renameRequests = ref(0)
  /** Counts how often the tour was asked for. */
  const tourRequests = ref(0)
  /** Counts how often the failure labs were asked for. */
  const failureRequests = ref(0)
  /** The template that was asked for last, and how often one was. */
  const template = ref<{ readonly id: string; readonly count: number }>({ id: '', count: 0 })
  const verbs = shallowRef<CanvasVerbs>()
  /** What keys and menus do on the canvas, for those who look it up by name. */
  const commands = shallowRef<readonly CanvasCommand[]>([])

  function toggleLayer(layer: Layer): void {
    layers.value = layers.value.includes(layer) ? layers.value.filter((other) => other !== layer) : [...layers.value, layer]
  }

  function requestTemplate(id: string): void {
    template.value = { id, count: template.value.count + 1 }
  }

  return { tourRequests, failureRequests, template, requestTemplate, toggleLayer, zoom, armed, pick, hand, shown, snapping, minimap, locked, layers, lines, labels, renameRequests, verbs, commands }
})
