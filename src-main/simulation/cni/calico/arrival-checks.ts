import type { CalicoSettings } from '#shared/lab/index'
import { formatIpv4Address } from '#shared/units/index'

import type { CalicoNode } from '../../agents/index'
import type { ArrivalCheck, Arriving } from '../common/arrivals'
import { NIC_DEVICE } from '../common/device'
import { changesOf, step } from '../common/path'
import type { Tunnel } from '../common/tunnel'

/**
 * What a node looks at in tunnels' packets that arrive: whether they come from a node's address (the sets all-hosts-net and
 * all-vxlan-net of felix/rules/static.go), to the port of its own VXLAN device, and to a network that it has a device for.
 * Empty where all nodes are configured alike, so that all of them always agree.
 */
export function tunnelChecks(nodes: readonly CalicoNode[], { nodes: given, felixConfigurations }: CalicoSettings): ArrivalCheck[] {
  if (given.length === 0 && felixConfigurations.length === 0) return []
  const known = new Set(nodes.map(({ address }) => address))
  const ownOf = ({ to }: Arriving) => nodes[to.host]?.felixConfiguration
  return [
    (arriving) => {
      const { tunnel } = arriving
      if (tunnel === undefined || !isGuard(arriving) || known.has(tunnel.source)) return undefined
      const name = tunnel.kind === 'ipip' ? 'all-hosts-net' : 'all-vxlan-net'
      const concerns = tunnel.kind === 'ipip' || (tunnel.kind === 'vxlan' && tunnel.port === ownOf(arriving)?.vxlanPort)
      const decidedBy = `cali-INPUT: ${formatIpv4Address(tunnel.source)} is not in ${name}, the addresses that Calico’s Nodes have`
      return concerns ? { reason: 'unknown-host', decidedBy } : undefined
    },
    (arriving) => {
      const { tunnel } = arriving
      const own = ownOf(arriving)
      if (!isVxlan(tunnel) || own === undefined || !changesOf(arriving.step).includes('decapsulate')) return undefined
      if (tunnel.port !== own.vxlanPort) {
        const decidedBy = `no socket has UDP port ${tunnel.port}: the node’s VXLAN device has ${own.vxlanPort}`
        return { reason: 'no-socket', decidedBy, tellsSender: true, instead: step('udp-receive', NIC_DEVICE) }
      }
      if (tunnel.byProgram === true || tunnel.networkIdentifier === own.vxlanVNI) return undefined
      return { reason: 'unknown-vni', decidedBy: `no device has VNI ${tunnel.networkIdentifier}: the node’s VXLAN device has ${own.vxlanVNI}` }
    },
  ]
}

/** Where tunnels' sources are looked at: in INPUT, or by the program on the node's interface. */
function isGuard({ step: { stage, kind } }: Arriving): boolean {
  return stage === 'nf-input' || (stage === 'bpf-from-host-endpoint' && kind === 'tunnel')
}

function isVxlan(tunnel: Tunnel | undefined): tunnel is Extract<Tunnel, { kind: 'vxlan' }> {
  return tunnel?.kind === 'vxlan'
}
