import type { Tooltip, TooltipLine } from '#shared/charts/index'

function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.append(...children)
  return made
}

/** A dot in the colour; an SVG's attribute, because inline styles are forbidden. */
function dot(colour: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 8 8')
  svg.setAttribute('class', 'dot')
  const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
  for (const [name, value] of Object.entries({ cx: '4', cy: '4', r: '4', fill: colour })) circle.setAttribute(name, value)
  svg.append(circle)
  return svg
}

function lineElements({ label, value, note, colour }: TooltipLine): HTMLElement[] {
  const name = element('dt', 'label', ...(colour === undefined ? [] : [dot(colour)]), label)
  return [name, element('dd', 'value', value), ...(note === undefined ? [] : [element('dd', 'note', note)])]
}

/** A tooltip as elements, styled by `ChartCanvas`. */
export function tooltipElement({ title, lines }: Tooltip): HTMLElement {
  return element('div', 'chart-tooltip', element('p', 'title', title), element('dl', 'lines', ...lines.flatMap(lineElements)))
}
