import { humanDuration } from '#shared/units/index'

/** A round span of time for people, without decimals that say nothing: `10 ms`, not `10.0 ms`. */
export function tickDuration(ns: number): string {
  return humanDuration(ns).replace(/\.0+(?=\D)/, '')
}
