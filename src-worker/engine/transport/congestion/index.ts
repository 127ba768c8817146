/** The congestion controls, by their number in the plan. */

import { CONGESTION } from '#shared/plan/index'
import type { Sockets } from '../sockets'
import { Bbr } from './bbr'
import type { CongestionAlgorithm } from './congestion-algorithm'
import { Cubic } from './cubic'
import { Dctcp } from './dctcp'
import { Reno } from './reno'

/** An algorithm of each kind that a socket uses. `seed` is the run's. */
export function congestionAlgorithms(sockets: Sockets, seed: number): readonly CongestionAlgorithm[] {
  const used = new Set(sockets.congestion)
  const algorithms: CongestionAlgorithm[] = []
  algorithms[CONGESTION.cubic] = new Cubic(sockets)
  if (used.has(CONGESTION.reno)) algorithms[CONGESTION.reno] = new Reno(sockets)
  if (used.has(CONGESTION.dctcp)) algorithms[CONGESTION.dctcp] = new Dctcp(sockets)
  if (used.has(CONGESTION.bbr)) algorithms[CONGESTION.bbr] = new Bbr(sockets, seed)
  return algorithms
}
