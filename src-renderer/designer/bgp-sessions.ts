import type { Outline } from '#renderer/stores/outline'
import { asNumber } from '#renderer/stores/given'

import type { CanvasRelation } from './canvas-elements'
import type { Boxes } from './layout'

/** Up to how many nodes their full mesh is drawn: it grows with their square, and beyond says nothing any more. */
const MOST_MESHED = 24

/**
 * The sessions that BGP would have: between neighbours with AS numbers, and the node-to-node mesh where a variant of
 * Calico routes with it (its default unless `nodeToNodeMeshEnabled` is off).
 */
export function bgpSessions(outline: Outline, boxes: Boxes): readonly CanvasRelation[] {
  const speakers = new Set([...outline.switches, ...outline.nodes]
    .filter(({ given }) => asNumber(given['asn'], undefined) !== undefined).map(({ id }) => id))
  const seen = new Set<string>()
  const neighbours = outline.links.flatMap(({ ends }): CanvasRelation[] => {
    const key = ends.toSorted().join('\n')
    if (seen.has(key) || !ends.every((end) => speakers.has(end) && boxes.has(end))) return []
    seen.add(key)
    return [{ id: `bgp ${ends.join('>')}`, kind: 'bgp', ends }]
  })
  const nodes = outline.nodes.filter(({ id }) => boxes.has(id))
  const meshed = outline.variants.some(({ cni }) => cni === 'calico') && nodes.length <= MOST_MESHED
  const mesh = !meshed ? [] : nodes.flatMap((a, index) => nodes.slice(index + 1).map((b): CanvasRelation =>
    ({ id: `bgp ${a.id}>${b.id}`, kind: 'bgp', ends: [a.id, b.id] })))
  return [...neighbours, ...mesh]
}
