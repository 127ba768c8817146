import { iconPaths, type IconName } from '#renderer/ui/index'
import type { LabelMode, LineStyle } from '#renderer/stores/canvas'
import type { ObjectId } from '#renderer/stores/outline'
import { labAsSvgMetadata } from '#shared/lab/index'

import { arrowHead } from '../arrow-head'
import type { CanvasItem, CanvasLink, CanvasModel } from '../canvas-elements'
import { bounds, type Box, type Point } from '../geometry'
import { placeLabels } from '../link-labels'
import { linkText, linkWidth } from '../link-loads'
import { portLabelPlace, portPath, routePath } from '../link-path'
import { routeLinks, type Route } from '../link-routing'
import { shapePath } from '../shape-path'
import { NODE_CARD, POD_PADDING, POD_ROW } from '../sizes'
import type { PictureColours } from './palette'
import { truncated, wrapped, type MeasureText } from './text-lines'

/** How a picture is drawn. */
export interface PictureStyle {
  readonly colours: PictureColours
  readonly lines: LineStyle
  readonly labels: LabelMode
  /** Whether the canvas is left out behind everything. */
  readonly transparent: boolean
  readonly measure: MeasureText
  /** The typeface as a `url(data:…)`; empty: whatever the viewer has. */
  readonly font: string
  /** Written under the picture: the lab's name, the date, what drew it. */
  readonly title: string
  /** The lab as text, to be opened again from the picture; empty: not inside. */
  readonly lab: string
}

/** A picture as text, with its size in pixels. */
export interface Picture {
  readonly svg: string
  readonly width: number
  readonly height: number
}

const MARGIN = 32
const TITLE_ROOM = 28

/** Draws what the canvas shows as an SVG. It looks as the canvas does, and has no parts of a page in it. */
export function canvasSvg(model: CanvasModel, style: PictureStyle): Picture {
  const draw = new Drawing(model, style)
  const around = bounds(model.items.map(({ box }) => box)) ?? { x: 0, y: 0, width: 320, height: 160 }
  const box = { x: around.x - MARGIN, y: around.y - MARGIN, width: around.width + MARGIN * 2, height: around.height + MARGIN * 2 + (style.title === '' ? 0 : TITLE_ROOM) }
  const { colours } = style
  const face = style.font === '' ? '' : `<style>@font-face{font-family:"Inter Variable";font-weight:100 900;src:${style.font} format("woff2")}</style>`
  const ground = style.transparent ? '' : `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="${colours.canvas}"/>`
  const title = style.title === '' ? '' : draw.text(style.title, { x: box.x + MARGIN, y: box.y + box.height - 18 }, { size: 11, colour: colours['text-faint'] })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.x} ${box.y} ${box.width} ${box.height}" width="${box.width}" height="${box.height}" font-family="'Inter Variable', Inter, system-ui, sans-serif">`
    + (style.lab === '' ? '' : labAsSvgMetadata(style.lab)) + face + ground + draw.everything() + title + '</svg>'
  return { svg, width: box.width, height: box.height }
}

interface TextStyle {
  readonly size: number
  readonly colour: string
  readonly weight?: number
  readonly anchor?: 'start' | 'middle' | 'end'
}

/** Colour and dashes of each kind of relation, as on the canvas. */
const RELATION_STYLES = {
  service: ['service', '5 4'], policy: ['policy', '2 3'], bgp: ['bgp', '8 3 2 3'], allow: ['success', ''], deny: ['error', '4 3'],
} as const

class Drawing {
  readonly #model: CanvasModel
  readonly #style: PictureStyle
  readonly #routes: ReadonlyMap<string, Route>
  readonly #relations: ReadonlyMap<string, Route>
  readonly #labelPlaces: ReadonlyMap<ObjectId, Point>

  constructor(model: CanvasModel, style: PictureStyle) {
    this.#model = model
    this.#style = style
    const boxes = new Map(model.items.map(({ id, box }) => [id, box]))
    this.#routes = routeLinks(model.links, boxes)
    this.#relations = routeLinks(model.relations, boxes)
    this.#labelPlaces = placeLabels(model.links, this.#routes, style.lines, style.labels)
  }

  /** In the order in which the canvas lays things on top of each other. */
  everything(): string {
    const { items, links, relations } = this.#model
    const isBehind = (item: CanvasItem): boolean => item.kind === 'shape' || ('collapsed' in item && !item.collapsed)
    const { colours } = this.#style
    return [
      ...items.filter(isBehind).map((item) => this.#item(item)),
      ...relations.map(({ id, kind }) => {
        const route = this.#relations.get(id)
        if (route === undefined) return ''
        const [colour, dash] = RELATION_STYLES[kind]
        const line = `<path class="relation" d="${routePath(route, 'curved')}" fill="none" stroke="${colours[colour]}" stroke-width="1.5"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`
        return kind === 'allow' || kind === 'deny' ? `${line}<path d="${arrowHead(route.to)}" fill="${colours[colour]}"/>` : line
      }),
      ...links.map((link) => this.#link(link)),
      ...items.filter((item) => !isBehind(item)).map((item) => this.#item(item)),
    ].join('')
  }

  text(text: string, { x, y }: Point, { size, colour, weight = 400, anchor = 'start' }: TextStyle): string {
    return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`
  }

  #link(link: CanvasLink): string {
    const route = this.#routes.get(link.id)
    if (route === undefined) return ''
    const { colours, lines, labels } = this.#style
    const stroke = link.severity === 'error' ? colours.error : colours.link
    const middle = this.#labelPlaces.get(link.id) ?? route.from
    const label = linkText(link, labels)
    const ports = labels !== 'full' ? '' : [route.from, route.to].map((port, end) => {
      const place = portLabelPlace(port)
      return this.#lineLabel(link.ports[end] ?? '', place, place.anchor)
    }).join('')
    const width = linkWidth(link)
    return `<g data-id="${escaped(link.id)}"><path class="line" d="${routePath(route, lines)}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`
      + `<path d="${portPath(route.from)}${portPath(route.to)}" fill="${colours.surface}" stroke="${stroke}" stroke-width="1.5"/>`
      + `${this.#lineLabel(label, middle, 'middle')}${ports}${this.#faultMark(link.faults, { x: middle.x, y: middle.y - 16 })}</g>`
  }

  /** The mark of what breaks during the run, around a point. */
  #faultMark(faults: string, { x, y }: Point): string {
    if (faults === '') return ''
    const { colours } = this.#style
    return `<g class="fault"><title>${escaped(faults)}</title><circle cx="${x}" cy="${y}" r="9" fill="${colours.surface}" stroke="${colours.fault}"/>`
      + `${this.#icon('fault', x - 6, y - 6, 12, colours.fault)}</g>`
  }

  /** A label with the canvas around its letters, so that the line does not run through them. */
  #lineLabel(text: string, { x, y }: Point, anchor: TextStyle['anchor']): string {
    if (text === '') return ''
    const { colours } = this.#style
    return `<text x="${x}" y="${y}" font-size="10" font-weight="500" fill="${colours['text-faint']}" stroke="${colours.canvas}" stroke-width="6" stroke-linejoin="round" paint-order="stroke" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`
  }

  #item(item: CanvasItem): string {
    const { x, y } = item.box
    return `<g data-id="${escaped(item.id)}" transform="translate(${x} ${y})"><title>${escaped(item.label)}</title>${this.#content(item)}</g>`
  }

  #content(item: CanvasItem): string {
    switch (item.kind) {
      case 'shape':
        return this.#shape(item)
      case 'note':
        return this.#note(item)
      case 'rack':
      case 'namespace':
      case 'group':
        return item.collapsed ? this.#card(item, item.kind) : this.#container(item)
      case 'switch':
        return this.#card(item, item.spine ? 'spine' : 'switch')
      case 'node':
        return this.#card(item, 'node') + this.#pods(item) + this.#faultMark(item.faults, { x: 1, y: 1 })
      default:
        return this.#card(item, item.kind)
    }
  }

  #shape(item: Extract<CanvasItem, { kind: 'shape' }>): string {
    const colour = this.#style.colours[`shape-${item.colour}`]
    const at = item.form === 'rectangle' ? { x: 14, y: 16 } : { x: item.box.width / 2, y: item.box.height / 2 }
    return `<path d="${shapePath(item.form, item.box)}" fill="${colour}" fill-opacity="0.1" stroke="${colour}" stroke-width="1.5"/>`
      + (item.text === '' ? '' : this.text(item.text, at, { size: 12, colour, weight: 600, anchor: item.form === 'rectangle' ? 'start' : 'middle' }))
  }

  #note({ text, box }: Extract<CanvasItem, { kind: 'note' }>): string {
    const { colours, measure } = this.#style
    const lines = wrapped(text, box.width - 20, (part) => measure(part, 12, 400)).slice(0, Math.floor((box.height - 12) / 17))
    return this.#rect(box, 6, colours['note-fill'], colours['note-border'])
      + lines.map((line, index) => this.text(line, { x: 10, y: 17 + index * 17 }, { size: 12, colour: colours['note-text'] })).join('')
  }

  #container({ kind, name, detail, box, severity }: Extract<CanvasItem, { kind: 'rack' | 'namespace' | 'group' }>): string {
    const { colours, measure } = this.#style
    const dash = kind === 'namespace' ? '4 3' : kind === 'group' ? '1.5 3' : ''
    const middle = kind === 'group' ? 12 : 16
    const shown = truncated(name, box.width * 0.6, (part) => measure(part, 12, 600))
    const room = box.width - 60 - measure(shown, 12, 600)
    const fill = kind === 'rack' ? colours['rack-fill'] : 'none'
    return this.#rect(box, 14, fill, severity === 'error' ? colours.error : colours['rack-border'], dash)
      + this.#icon(kind, 14, middle - 7, 14, colours['rack-header'])
      + this.text(shown, { x: 34, y: middle }, { size: 12, colour: colours['rack-header'], weight: 600 })
      + this.text(truncated(detail, room, (part) => measure(part, 11, 400)), { x: box.width - 14, y: middle }, { size: 11, colour: colours['text-faint'], anchor: 'end' })
  }

  #card({ kind, name, detail, box, severity }: CanvasItem, icon: IconName): string {
    const { colours, measure } = this.#style
    const stroke = severity === 'error' ? colours.error : severity === 'warning' ? colours['warning-icon'] : colours['border-strong']
    const [soft, strong] = kind === 'service' || kind === 'policy' ? [colours[`${kind}-soft`], colours[kind]] : [colours['surface-sunken'], colours['text-muted']]
    const width = box.width - 59
    const round = kind === 'external'
    return this.#rect(box, round ? 24 : 10, colours.card, stroke)
      + `<rect x="10" y="10" width="28" height="28" rx="${round ? 14 : 6}" fill="${soft}"/>`
      + this.#icon(icon, 16, 16, 16, strong)
      + this.text(truncated(name || 'Unnamed', width, (part) => measure(part, 13, 600)), { x: 48, y: 17.5 }, { size: 13, colour: colours.text, weight: 600 })
      + this.text(truncated(detail, width, (part) => measure(part, 11, 400)), { x: 48, y: 33 }, { size: 11, colour: colours['text-faint'] })
  }

  #pods({ pods, hiddenPods, box }: Extract<CanvasItem, { kind: 'node' }>): string {
    const { colours, measure } = this.#style
    const width = box.width - 18
    const rows = pods.map(({ text, severity }, index) => {
      const y = NODE_CARD.height - 1 + index * POD_ROW
      const stroke = severity === 'error' ? colours.error : colours.border
      return `<rect x="9" y="${y}" width="${width}" height="20" rx="4" fill="${colours['surface-sunken']}" stroke="${stroke}"/>`
        + this.#icon('workload', 17, y + 4, 12, colours['text-muted'])
        + this.text(truncated(text, width - 34, (part) => measure(part, 11, 500)), { x: 35, y: y + 10 }, { size: 11, colour: colours['text-muted'], weight: 500 })
    })
    const more = hiddenPods === 0 ? '' : this.text(`and ${hiddenPods} more`, { x: box.width / 2, y: box.height - POD_PADDING - 4 }, { size: 11, colour: colours['text-faint'], anchor: 'middle' })
    return rows.join('') + more
  }

  #rect({ width, height }: Box, radius: number, fill: string, stroke: string, dash = ''): string {
    const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`
    return `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="${radius}" fill="${fill}" stroke="${stroke}"${dashed}/>`
  }

  #icon(name: IconName, x: number, y: number, size: number, colour: string): string {
    const paths = iconPaths[name].map((d) => `<path d="${d}"/>`).join('')
    return `<g transform="translate(${x} ${y}) scale(${size / 16})" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${paths}</g>`
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/gu, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
}
