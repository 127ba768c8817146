import { unknownVariantsText, type Finding, type Lab } from '#shared/lab/index'

import { ipsecKeys, podHistory, type IpsecKeys } from '../agents/index'
import { connectVariant } from '../cni/index'
import { buildRunPlan, TIMELINE_SEED, type FlowWays } from '../plan/index'
import { buildTopology, type Topology } from '../topology/index'
import type { CapturePlaces } from './find-point'

/** Why there is nothing to capture. */
export type CaptureRefusal = { readonly refused: string } | { readonly findings: readonly Finding[] }

/** A variant of a lab, ready to be asked what crosses its devices. */
export interface OpenedVariant extends CapturePlaces {
  readonly lab: Lab
  readonly topology: Topology
  /** Undefined where no key of IPsec changes. */
  readonly keys: IpsecKeys | undefined
}

/** Builds a variant, or says why it can't be. Requires: a valid lab. */
export function openVariant(lab: Lab, name: string): OpenedVariant | CaptureRefusal {
  const variantIndex = lab.variants.findIndex((variant) => variant.name === name)
  const variant = lab.variants[variantIndex]
  if (variant === undefined) return { refused: unknownVariantsText([name], lab) }
  const flows: FlowWays[] = []
  const built = buildRunPlan(lab, name, undefined, (ways) => flows.push(ways))
  if (!('plan' in built)) return { findings: built.problems }
  const { topology } = buildTopology(lab)
  const { pods } = podHistory(lab)
  const settingsPath = ['spec', 'variants', variantIndex, 'settings']
  const { network } = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath, manifests: lab.cluster.manifests })
  return { lab, plan: built.plan, flows, topology, pods, network, keys: ipsecKeys(lab, variant, TIMELINE_SEED) }
}
