import { formatIpv4Address, formatIpv4Prefix, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

/** A switch as FRRouting is to play it. */
export interface FabricSwitch {
  readonly name: string
  readonly asn: number
  /** Whether its nodes are of its own autonomous system; undefined where it does not speak BGP with them. */
  readonly nodeSystem: 'internal' | 'external' | undefined
  /** What it bridges its nodes in; undefined where it routes only. */
  readonly subnet: Ipv4Prefix | undefined
  /** Ports to other switches, and to nodes. */
  readonly fabricPorts: readonly string[]
  readonly nodePorts: readonly string[]
  /** Hosts that it routes to one by one, and the port of each. */
  readonly hosts: readonly { readonly address: Ipv4Address; readonly port: string }[]
}

/** Which of FRRouting's daemons run (docs.frrouting.org, basic setup, daemons configuration file). */
export const FRR_DAEMONS = ['zebra=yes', 'bgpd=yes', 'vtysh_enable=yes', 'zebra_options="-A 127.0.0.1"', 'bgpd_options="-A 127.0.0.1"', ''].join('\n')

/** FRRouting's configuration of a switch: BGP over interfaces without addresses, all equal ways used. */
export function frrConfig({ name, asn, nodeSystem, subnet, fabricPorts, hosts }: FabricSwitch): string {
  const listens = nodeSystem !== undefined && subnet !== undefined
  return [
    'frr defaults datacenter',
    `hostname ${name}`,
    '!',
    `router bgp ${asn}`,
    ' no bgp ebgp-requires-policy',
    ' bgp bestpath as-path multipath-relax',
    ' neighbor fabric peer-group',
    ' neighbor fabric remote-as external',
    ...fabricPorts.map((port) => ` neighbor ${port} interface peer-group fabric`),
    ...(listens ? [' neighbor nodes peer-group', ` neighbor nodes remote-as ${nodeSystem}`, ` bgp listen range ${formatIpv4Prefix(subnet)} peer-group nodes`] : []),
    ' address-family ipv4 unicast',
    '  neighbor fabric activate',
    ...(listens ? ['  neighbor nodes activate'] : []),
    ...(subnet === undefined ? [] : [`  network ${formatIpv4Prefix(subnet)}`]),
    ...hosts.map(({ address }) => `  network ${formatIpv4Address(address)}/32`),
    ' exit-address-family',
    '!',
    '',
  ].join('\n')
}
