/** Parts of the picture that can be hidden. What is hidden is out of layout, selection and pictures, and never lost. */
export const LAYERS = ['underlay', 'pods', 'services', 'policies', 'allowed', 'bgp', 'notes'] as const

/** A part of the picture that can be hidden. */
export type Layer = (typeof LAYERS)[number]

/** What layers are called, and what each shows. */
export const LAYER_WORDS: Readonly<Record<Layer, { readonly name: string; readonly about: string }>> = {
  underlay: { name: 'Underlay', about: 'Racks, switches and links' },
  pods: { name: 'Pods', about: 'Pods on their nodes' },
  services: { name: 'Services', about: 'Services, and what they select' },
  policies: { name: 'Policies', about: 'Policies, and what they are about' },
  allowed: { name: 'Allowed', about: 'Arrows: allowed and denied' },
  bgp: { name: 'BGP', about: 'Sessions between AS numbers' },
  notes: { name: 'Notes', about: 'Notes and shapes' },
}

/** The layers shown at first: sessions, and what policies allow, are drawn on request. */
export const FIRST_LAYERS: readonly Layer[] = ['underlay', 'pods', 'services', 'policies', 'notes']
