import type { Lab, Variant } from '#shared/lab/index'

import type { Topology } from '../topology/index'
import { buildControlPlane, SETTLING_NS, type ControlPlane, type Keeping } from './control-plane'
import type { DeliveredChange } from './deliveries'
import { scheduleFaults } from './fault-events'

/**
 * A variant's control plane, run to the end of a run with what breaks and changes in it. Throws {@link ControlPlaneTooLarge}
 * for one that is not simulated at the lab's size. Requires: a valid lab.
 */
export function runPlane(lab: Lab, variant: Variant, topology: Topology, changes: readonly DeliveredChange[], seed: number, keeps: Keeping = {}): ControlPlane {
  const plane = buildControlPlane(lab, variant, topology, seed, keeps)
  if (plane.bgp === undefined) return plane
  scheduleFaults(lab, topology, plane, changes)
  plane.bgp.runUntil(SETTLING_NS + lab.run.duration)
  return plane
}
