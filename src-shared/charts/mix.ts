/**
 * A colour between two, in sRGB.
 * Requires: both are `#rrggbb`; `share` of the second is 0 … 1.
 */
export function mix(first: string, second: string, share: number): string {
  const channel = (colour: string, place: number): number => Number.parseInt(colour.slice(1 + 2 * place, 3 + 2 * place), 16)
  const mixed = [0, 1, 2].map((place) => Math.round(channel(first, place) * (1 - share) + channel(second, place) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
