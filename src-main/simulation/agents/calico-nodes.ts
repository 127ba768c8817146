import type { CalicoSettings, Finding } from '#shared/lab/index'
import { formatIpv4Address, ipv4Prefix, ipv4PrefixContains, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import { interfacesOf, type HostElement } from '../topology/index'

/** What Calico's configuration says of a node. */
export interface CalicoNode {
  /** The address that other nodes send to, and that BGP speaks from. */
  readonly address: Ipv4Address
  /** The subnet that its mask makes of it: nodes in it are near (CrossSubnet). */
  readonly subnet: Ipv4Prefix
  readonly felixConfiguration: CalicoSettings['felixConfiguration']
}

/** The nodes as Calico sees them: by their Nodes and FelixConfigurations where they have some, else by their first interface. */
export function calicoNodes(hosts: readonly HostElement[], settings: CalicoSettings): CalicoNode[] {
  return hosts
    .filter(({ kind }) => kind === 'node')
    .map(({ name, address, subnet }) => {
      const given = settings.nodes.find((node) => node.name === name)?.bgp.ipv4Address
      const own = settings.felixConfigurations.find((configuration) => configuration.name === `node.${name}`)
      const { name: _, ...fields } = own ?? { name }
      return {
        address: given?.address ?? address,
        subnet: given === undefined ? subnet : ipv4Prefix(given.address, given.prefixLength ?? 32),
        felixConfiguration: { ...settings.felixConfiguration, ...fields },
      }
    })
}

/** Whether a node takes another for one of its own subnet: both masks need not agree. */
export function isNear(from: CalicoNode, to: CalicoNode): boolean {
  return from.subnet.length < 32 && ipv4PrefixContains(from.subnet, to.address)
}

/** Nodes whose address is one that no interface of theirs has; `at` is the path of the variant's settings. */
export function strangeAddresses(hosts: readonly HostElement[], { nodes }: CalicoSettings, at: Finding['path']): Finding[] {
  return nodes.flatMap(({ name, bgp: { ipv4Address } }, index): Finding[] => {
    const host = hosts.find((candidate) => candidate.name === name)
    if (ipv4Address === undefined || host === undefined) return []
    const own = interfacesOf(host).map(({ address }) => address)
    if (own.includes(ipv4Address.address)) return []
    const message = `Node ${name} has no interface with the address ${formatIpv4Address(ipv4Address.address)}: it has ${own.map((address) => formatIpv4Address(address)).join(' and ')}.`
    return [{ code: 'not-modelled', path: [...at, 'nodes', index, 'bgp', 'ipv4Address'], message, fix: 'Use an address of the node, or give an uplink of its this address.' }]
  })
}
