import type { Lab, Variant } from '#shared/lab/index'

import type { BgpSimulation } from '../bgp/index'
import type { Topology } from '../topology/index'
import { buildControlPlane, SETTLING_NS, type ControlPlane, type Keeping } from './control-plane'
import type { DeliveredChange } from './deliveries'
import { scheduleFaults } from './fault-events'

/** What a control plane keeps, and who follows the work on it. */
export interface PlaneOptions extends Keeping {
  /** Hears the share of the work that is done, an estimate, 0 … 1; nothing where there is no BGP to simulate. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/**
 * A variant's control plane, run to the end of a run with what breaks and changes in it. Throws {@link ControlPlaneTooLarge}
 * for one that is not simulated at the lab's size. Requires: a valid lab.
 */
export function runPlane(
  lab: Lab, variant: Variant, topology: Topology, changes: readonly DeliveredChange[], seed: number, { onProgress, ...keeps }: PlaneOptions = {},
): ControlPlane {
  const plane = buildControlPlane(lab, variant, topology, seed, keeps)
  if (plane.bgp === undefined) return plane
  scheduleFaults(lab, topology, plane, changes)
  if (onProgress) followStart(plane.bgp, (plane.addresses?.blocks ?? []).flat().length, onProgress)
  plane.bgp.runUntil(SETTLING_NS + lab.run.duration)
  return plane
}

/** Sessions come up and exchange their tables within this, ns; keepalives and the run itself are a small part of the work. */
const START_NS = 5e9
/** From one look to the next, ns: a full mesh exchanges its tables within a second. */
const LOOK_NS = 5e6

/**
 * Runs the start. A route that is learnt is told to everyone whose session is up by then, so that the work done grows with
 * the square of the routes that are known.
 */
function followStart(bgp: BgpSimulation, blocks: number, onProgress: (share: number) => void): void {
  const whole = Math.max(1, bgp.speakers.length * blocks)
  for (let atNs = LOOK_NS; atNs <= START_NS; atNs += LOOK_NS) {
    bgp.runUntil(atNs)
    const known = bgp.speakers.reduce((sum, { kernel }) => sum + kernel.changes.length, 0)
    onProgress(Math.min(1, known / whole) ** 2)
  }
}
