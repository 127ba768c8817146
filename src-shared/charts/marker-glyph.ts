import type { VariantStyle } from './variant-style'

const glyphs: Readonly<Record<VariantStyle['marker'], string>> = {
  circle: '●',
  triangle: '▲',
  rect: '■',
  diamond: '◆',
  roundRect: '▣',
  arrow: '△',
  pin: '▼',
}

/** A variant's marker as a character, for the labels of axes. */
export function markerGlyph(marker: VariantStyle['marker']): string {
  return glyphs[marker]
}
