import type { VariantStyle } from './variant-style'

const outlines: Readonly<Record<VariantStyle['marker'], string>> = {
  circle: 'M16 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
  triangle: 'M12 2l4 7.5H8z',
  rect: 'M8.5 2.5h7v7h-7z',
  diamond: 'M12 1.5L16.5 6 12 10.5 7.5 6z',
  roundRect: 'M10 2h4a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z',
  arrow: 'M12 2l3.6 8L12 8l-3.6 2z',
  pin: 'M12 10L8 2.6h8z',
}

/** A variant's marker as the `d` of an SVG path, in the middle of a box of 24 × 12 pixels that holds its line, too. */
export function markerOutline(marker: VariantStyle['marker']): string {
  return outlines[marker]
}
