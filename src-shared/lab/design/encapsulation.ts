import type { Variant } from '../record/variant'

/** What a variant puts around a pod's packet on its way to another node. */
export interface Encapsulation {
  readonly name: string
  /** Each header and its bytes, outermost first. */
  readonly headers: readonly (readonly [name: string, bytes: number])[]
  /** Only between subnets. */
  readonly acrossSubnetsOnly: boolean
  /** The pods' MTU where a setting says so; else it is what the interface leaves. */
  readonly podMtu: number | undefined
}

const OUTER_IP = ['outer IPv4', 20] as const
const OUTER_UDP = ['UDP', 8] as const
const INNER_ETHERNET = ['inner Ethernet', 14] as const

/** Tunnels over UDP (RFC 7348; RFC 8926 without options). */
const VXLAN = [OUTER_IP, OUTER_UDP, ['VXLAN', 8], INNER_ETHERNET] as const
const GENEVE = [OUTER_IP, OUTER_UDP, ['Geneve', 8], INNER_ETHERNET] as const
/** Transport data message: 16 bytes before the packet, 16 of its authentication behind (WireGuard paper, 5.4.6). */
const WIREGUARD = [OUTER_IP, OUTER_UDP, ['WireGuard', 32]] as const

/** What a variant puts around packets between nodes; nothing where it routes. */
export function encapsulationOf(variant: Variant): Encapsulation {
  const none: Encapsulation = { name: 'none', headers: [], acrossSubnetsOnly: false, podMtu: undefined }
  switch (variant.cni) {
    case 'none':
      return none
    case 'calico': {
      const { ipPool, felixConfiguration: felix } = variant.settings
      const given = (mtu: number): number | undefined => (mtu > 0 ? mtu : undefined)
      if (felix.wireguardEnabled) return { name: 'WireGuard', headers: WIREGUARD, acrossSubnetsOnly: false, podMtu: given(felix.wireguardMTU) }
      if (ipPool.ipipMode !== 'Never') return { name: 'IPIP', headers: [OUTER_IP], acrossSubnetsOnly: ipPool.ipipMode === 'CrossSubnet', podMtu: given(felix.ipipMTU) }
      if (ipPool.vxlanMode !== 'Never') return { name: 'VXLAN', headers: VXLAN, acrossSubnetsOnly: ipPool.vxlanMode === 'CrossSubnet', podMtu: given(felix.vxlanMTU) }
      return none
    }
    case 'cilium': {
      const { routingMode, tunnelProtocol, MTU } = variant.settings
      const headers = routingMode === 'native' ? [] : tunnelProtocol === 'geneve' ? GENEVE : VXLAN
      const bytes = headers.reduce((sum, [, size]) => sum + size, 0)
      // Cilium's MTU is that of the device underneath; what pods get is without the headers.
      return { name: headers.length === 0 ? 'none' : tunnelProtocol === 'geneve' ? 'Geneve' : 'VXLAN', headers, acrossSubnetsOnly: false, podMtu: MTU > 0 ? MTU - bytes : undefined }
    }
    case 'flannel':
      return variant.settings.Backend.Type === 'vxlan' ? { ...none, name: 'VXLAN', headers: VXLAN } : none
  }
}
