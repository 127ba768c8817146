import type { Lab, Variant } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import { storedNs } from './pod-history'
import { TIMING } from './timing'
import { WatchDraws } from './watch-delays'

/** A node that changes to another data plane while traffic flows. */
interface ChangingNode {
  readonly node: number
  /** When it forwards what is new by the other data plane. */
  readonly atNs: number
  /** When its VXLAN device, which Felix makes anew for the programs, has its routes again. */
  readonly tunnelsAtNs: number
}

/** A variant whose nodes change to the eBPF data plane during the run. */
export interface DataPlaneChange {
  /** The variant as it is then. */
  readonly variant: Extract<Variant, { cni: 'calico' }>
  readonly nodes: readonly ChangingNode[]
}

/**
 * Which nodes of a variant change to eBPF (`bpfEnabled`), and when: each Felix once its watch told it. It removes the VXLAN
 * device, whose kind cannot be changed, and adds another (felix/dataplane/linux/vxlan_mgr.go, configureVXLANDevice); its
 * routes come back with the next apply. Undefined where no node does: another plugin, or one whose data plane is eBPF anyway.
 */
export function dataPlaneChange(lab: Lab, variant: Variant, seed: number): DataPlaneChange | undefined {
  if (variant.cni !== 'calico' || variant.settings.felixConfiguration.bpfEnabled) return undefined
  const draws = new WatchDraws(seed)
  const nodes = lab.nodes.flatMap(({ name }, node): ChangingNode[] => {
    const told = lab.faults.flatMap((fault, index) =>
      fault.kind === 'ebpf-enable' && fault.nodes.includes(name) ? [storedNs(lab, fault.at) + draws.of(index, node).watchNs()] : [])
    if (told.length === 0) return []
    const atNs = Math.min(...told)
    return [{ node, atNs, tunnelsAtNs: atNs + TIMING.felix.applyIntervalSeconds * SECOND_NS }]
  })
  if (nodes.length === 0) return undefined
  const { settings } = variant
  return { variant: { ...variant, settings: { ...settings, felixConfiguration: { ...settings.felixConfiguration, bpfEnabled: true } } }, nodes }
}
