import type { ShapeOutline } from '#renderer/stores/outline'

const CORNER = 12

/** The outline of a shape that fills a box of a size, as the `d` of an SVG path. */
export function shapePath(form: ShapeOutline['form'], { width, height }: { readonly width: number; readonly height: number }): string {
  switch (form) {
    case 'rectangle': {
      const r = Math.min(CORNER, width / 2, height / 2)
      return `M${r},0H${width - r}A${r},${r} 0 0 1 ${width},${r}V${height - r}A${r},${r} 0 0 1 ${width - r},${height}`
        + `H${r}A${r},${r} 0 0 1 0,${height - r}V${r}A${r},${r} 0 0 1 ${r},0Z`
    }
    case 'ellipse':
      return `M0,${height / 2}A${width / 2},${height / 2} 0 1 1 ${width},${height / 2}A${width / 2},${height / 2} 0 1 1 0,${height / 2}Z`
    case 'arrow': {
      const head = Math.min(height, width / 2)
      const [top, bottom, neck] = [height * 0.3, height * 0.7, width - head]
      return `M0,${top}H${neck}V0L${width},${height / 2}L${neck},${height}V${bottom}H0Z`
    }
  }
}
