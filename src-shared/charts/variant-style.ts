/** How one variant looks wherever it appears: in chips, charts, tables and reports. */
export interface VariantStyle {
  /** sRGB, `#rrggbb`. Contrast at least 3:1 on the window's light and dark surfaces alike. */
  readonly colour: string
  /** A second channel for points, so that colour never carries the meaning alone. */
  readonly marker: 'circle' | 'triangle' | 'rect' | 'diamond' | 'pin' | 'arrow' | 'roundRect'
  /** A second channel for lines: lengths of dash and gap in pixels; empty is a solid line. */
  readonly dash: readonly number[]
}

/**
 * Found by a search over OKLCH for the largest distance between any two colours as seen with full colour vision,
 * protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009), the first five weighing most.
 */
const styles: readonly VariantStyle[] = [
  { colour: '#3562ea', marker: 'circle', dash: [] },
  { colour: '#ea6c1a', marker: 'triangle', dash: [7, 4] },
  { colour: '#5ba37f', marker: 'rect', dash: [2, 3] },
  { colour: '#be1f78', marker: 'diamond', dash: [10, 3, 2, 3] },
  { colour: '#9b78ce', marker: 'roundRect', dash: [4, 2] },
  { colour: '#82641a', marker: 'arrow', dash: [12, 4] },
  { colour: '#35728f', marker: 'pin', dash: [1, 2] },
  { colour: '#e6194f', marker: 'circle', dash: [6, 2, 1, 2, 1, 2] },
]

/**
 * The look of the variant at `index` in the lab's list of variants; after the eighth they start over. The same index
 * gives the same look in every chart, on both themes, in the window and in reports.
 * Requires: `index` is a whole number, zero or more.
 */
export function variantStyle(index: number): VariantStyle {
  return styles[index % styles.length]!
}
