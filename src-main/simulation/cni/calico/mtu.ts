import type { CalicoSettings } from '#shared/lab/index'

import { IPIP_BYTES, UDP_TUNNEL_BYTES, WIREGUARD_BYTES } from '../common/tunnel'
import { dataPlaneOf, encapsulationOf } from './settings'

/**
 * The MTU of pods' interfaces on a node whose NIC has `hostMtu`: the least of what the enabled encapsulations leave
 * (felix/dataplane/linux/int_dataplane.go, determinePodMTU). Nodes with the eBPF data plane leave room for VXLAN, in which
 * they forward to node ports, whatever the pool's encapsulation.
 */
export function podMtu(settings: CalicoSettings, hostMtu: number): number {
  const { felixConfiguration: felix } = settings
  const { kind } = encapsulationOf(settings)
  const limits: number[] = []
  if (felix.ipipEnabled ?? kind === 'ipip') limits.push(felix.ipipMTU || hostMtu - IPIP_BYTES)
  const usesVxlan = (felix.vxlanEnabled ?? kind === 'vxlan') || dataPlaneOf(settings) === 'ebpf'
  if (usesVxlan) limits.push(felix.vxlanMTU || hostMtu - UDP_TUNNEL_BYTES)
  if (felix.wireguardEnabled) limits.push(wireguardMtu(settings, hostMtu))
  return limits.length === 0 ? hostMtu : Math.min(...limits)
}

/** The MTU of the WireGuard device. */
export function wireguardMtu({ felixConfiguration }: CalicoSettings, hostMtu: number): number {
  return felixConfiguration.wireguardMTU || hostMtu - WIREGUARD_BYTES
}
