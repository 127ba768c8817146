import { PLACEABLE_ICONS, PLACEABLE_NAMES, type PlaceableKind } from '#renderer/stores/placeable'
import type { IconName } from '#renderer/ui/index'

/** An entry of the palette. */
export interface PaletteItem {
  readonly kind: PlaceableKind
  readonly name: string
  readonly about: string
  readonly icon: IconName
}

/** Entries that belong together. */
export interface PaletteGroup {
  readonly name: string
  readonly items: readonly PaletteItem[]
}

function item(kind: PlaceableKind, about: string): PaletteItem {
  return { kind, name: PLACEABLE_NAMES[kind], about, icon: PLACEABLE_ICONS[kind] }
}

const groups: readonly PaletteGroup[] = [
  {
    name: 'Network',
    items: [
      item('rack', 'Holds switches, nodes'),
      item('tor', 'Top of rack, one subnet'),
      item('spine', 'Routes between racks'),
      item('external', 'Outside the cluster'),
    ],
  },
  {
    name: 'Kubernetes',
    items: [
      item('node', 'Runs pods'),
      item('workload', 'Equal pods'),
      item('namespace', 'Holds objects'),
      item('service', 'One address for pods'),
    ],
  },
  { name: 'Policies', items: [item('policy', 'What may reach pods')] },
  {
    name: 'Canvas',
    items: [
      item('note', 'Text, no effect'),
      item('rectangle', 'An area'),
      item('ellipse', 'An emphasis'),
      item('arrow', 'Points somewhere'),
    ],
  },
]

/** The entries whose name or description has every word of a query, in their groups; all for an empty query. */
export function searchPalette(query: string): readonly PaletteGroup[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean)
  const fits = ({ name, about }: PaletteItem): boolean =>
    words.every((word) => `${name} ${about}`.toLowerCase().includes(word))
  return groups
    .map((group) => ({ ...group, items: group.items.filter(fits) }))
    .filter((group) => group.items.length > 0)
}
