import type { Lab, Variant } from '#shared/lab/index'

import { runPlane, type ControlPlane, type DeliveredChange } from '../agents/index'
import type { Topology } from '../topology/index'

/** Any seed: timers of the control plane are part of the plan, which serves every seed of the engine. */
export const TIMELINE_SEED = 1

/** What a variant's control plane does in a run; undefined where everybody has routes to everybody all the time. */
export function planeOfRun(lab: Lab, variant: Variant, topology: Topology, changes: readonly DeliveredChange[]): ControlPlane | undefined {
  if (!isInteresting(lab, variant) && !changes.some(({ subject }) => subject.kind === 'block')) return undefined
  return runPlane(lab, variant, topology, changes, TIMELINE_SEED)
}

/** Whether routes may differ from routes to everybody: a node joins, BGP is given its peers, or something happens to it. */
function isInteresting(lab: Lab, variant: Variant): boolean {
  if (variant.cni === 'none') return false
  if (lab.faults.some(({ kind }) => kind === 'node-add')) return true
  if (variant.cni !== 'calico') return false
  const { ipPool, bgpConfiguration, bgpPeers } = variant.settings
  if (ipPool.vxlanMode !== 'Never') return false
  if (bgpConfiguration.programClusterRoutes === 'Disabled') return true
  return lab.faults.length > 0 || bgpPeers.length > 0 || !bgpConfiguration.nodeToNodeMeshEnabled
}
