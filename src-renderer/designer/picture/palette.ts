/** The colours of a picture: the theme's tokens by name. */
export type PictureColours = Readonly<Record<(typeof TOKENS)[number], string>>

/** The tokens that a picture is drawn with. */
const TOKENS = [
  'canvas', 'surface', 'card', 'surface-sunken', 'border', 'border-strong', 'text', 'text-muted', 'text-faint', 'accent',
  'rack-fill', 'rack-border', 'rack-header', 'link', 'note-fill', 'note-border', 'note-text', 'service', 'service-soft', 'policy',
  'policy-soft', 'bgp', 'success', 'fault', 'error', 'warning-icon', 'shape-grey', 'shape-blue', 'shape-green', 'shape-amber', 'shape-red', 'shape-violet',
] as const

/** Reads the colours of a theme from the page's styles. */
export function pictureColours(theme: 'light' | 'dark'): PictureColours {
  const probe = document.createElement('div')
  probe.dataset['theme'] = theme
  probe.hidden = true
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const colours = Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()])) as PictureColours
  probe.remove()
  return colours
}
