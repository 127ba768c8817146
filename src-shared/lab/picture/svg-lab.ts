const OPENING = '<metadata id="cni-lab"><![CDATA['
const CLOSING = ']]></metadata>'

/** A lab as an element to put into an SVG, which viewers pass over. */
export function labAsSvgMetadata(text: string): string {
  // The end of a CDATA section can't be written in one: it is split over two.
  return `${OPENING}${text.replaceAll(']]>', ']]]]><![CDATA[>')}${CLOSING}`
}

/** The lab inside an SVG; undefined where there is none. */
export function labInSvg(svg: string): string | undefined {
  const start = svg.indexOf(OPENING)
  const end = svg.indexOf(CLOSING, start)
  if (start < 0 || end < 0) return undefined
  return svg.slice(start + OPENING.length, end).replaceAll(']]]]><![CDATA[>', ']]>')
}
