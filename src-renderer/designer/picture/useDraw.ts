import interLatin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'

import { useCanvasStore, type DrawOptions } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'
import type { Layer } from '#renderer/stores/layers'
import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel } from '../canvas-elements'
import { canvasModel } from '../canvas-model'
import { layoutLab, type Boxes } from '../layout'
import { placePods } from '../pods'
import { sceneOf } from '../scene'
import { canvasSvg, type Picture } from './canvas-svg'
import { pictureColours } from './palette'
import type { MeasureText } from './text-lines'

/** Draws labs as pictures, as the canvas would: the open one with its boxes as they are, or another one. */
export function useDraw(current: () => { readonly model: CanvasModel; readonly boxes: Boxes }): (options: DrawOptions) => Promise<Picture> {
  const canvas = useCanvasStore()
  const document = useDocumentStore()

  return async ({ outline, theme, transparent, only, embed, title }) => {
    const model = outline === undefined ? current().model : modelOf(outline, canvas.layers)
    return canvasSvg(only === undefined ? model : partOf(model, only), {
      colours: pictureColours(theme),
      lines: canvas.lines,
      labels: canvas.labels,
      transparent,
      measure,
      font: await embeddedFont(),
      title,
      lab: embed ? document.text : '',
    })
  }
}

function modelOf(outline: NonNullable<DrawOptions['outline']>, layers: readonly Layer[]): CanvasModel {
  const scene = sceneOf(outline, new Set(layers))
  const pods = placePods(outline)
  const boxes = layoutLab(scene.outline, pods, new Map(), scene)
  return canvasModel(scene.outline, pods, boxes, new Map(), { ...scene, whole: outline, bgp: false })
}

/** What is chosen, what stands in it, and the lines between these. */
function partOf({ items, links, relations }: CanvasModel, only: ReadonlySet<ObjectId>): CanvasModel {
  const chosen = items.filter(({ id, rack }) => only.has(id) || (rack !== undefined && only.has(rack)))
  const ids = new Set(chosen.map(({ id }) => id))
  const within = ({ ends: [a, b] }: { readonly ends: readonly [ObjectId, ObjectId] }): boolean => ids.has(a) && ids.has(b)
  return { items: chosen, links: links.filter(within), relations: relations.filter(within) }
}

let context: CanvasRenderingContext2D | null | undefined

const measure: MeasureText = (text, size, weight) => {
  context ??= document.createElement('canvas').getContext('2d')
  if (!context) return text.length * size * 0.55
  context.font = `${weight} ${size}px "Inter Variable"`
  return context.measureText(text).width
}

let font: Promise<string> | undefined

/** The typeface inside the picture, so that it looks the same where it is not installed. */
function embeddedFont(): Promise<string> {
  font ??= fetch(interLatin).then((answer) => answer.arrayBuffer()).then((bytes) => {
    let binary = ''
    for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte)
    return `url(data:font/woff2;base64,${btoa(binary)})`
  })
  return font
}
