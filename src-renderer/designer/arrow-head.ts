import type { Port } from './link-routing'

/** Length of an arrow's head, and half its width, in pixels. */
const LENGTH = 9
const HALF_WIDTH = 4

/** The outline of the head of an arrow that ends at a port. */
export function arrowHead({ x, y, side }: Port): string {
  switch (side) {
    case 'top':
      return `M${x} ${y}l${-HALF_WIDTH} ${-LENGTH}h${2 * HALF_WIDTH}z`
    case 'bottom':
      return `M${x} ${y}l${-HALF_WIDTH} ${LENGTH}h${2 * HALF_WIDTH}z`
    case 'left':
      return `M${x} ${y}l${-LENGTH} ${-HALF_WIDTH}v${2 * HALF_WIDTH}z`
    case 'right':
      return `M${x} ${y}l${LENGTH} ${-HALF_WIDTH}v${2 * HALF_WIDTH}z`
  }
}
