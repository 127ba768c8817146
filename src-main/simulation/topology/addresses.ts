import { givenInterfaces, type Finding, type Lab, type Node } from '#shared/lab/index'
import {
  formatIpv4Address,
  formatIpv4Prefix,
  ipv4Address,
  ipv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixesOverlap,
  ipv4PrefixSize,
  nthIpv4Address,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

import type { HostInterface } from './topology'

/** The address of a host's interface and the subnet it is in. */
export interface HostAddress {
  readonly address: Ipv4Address
  readonly subnet: Ipv4Prefix
}

/** The addresses of a node: of its NIC, and of further interfaces. */
interface NodeAddresses extends HostAddress {
  readonly others: readonly HostInterface[]
}

/** Where nodes' addresses begin in a subnet; the switch has the first, the rest below is kept free for gear. */
const FIRST_NODE_ORDINAL = 11
const GATEWAY_ORDINAL = 1

/**
 * Gives every node an underlay address, in the lab's order. A top-of-rack switch has one subnet: the one that an address
 * with a mask on it says, else the next free of 10.1.0.0/24, 10.2.0.0/24, …, 10.255.0.0/24, 10.1.1.0/24, … A node whose
 * first link is to another kind of element has its address as a subnet of its own (length 32), out of a range that
 * follows those of the switches.
 */
export function assignNodeAddresses(lab: Lab): { addresses: NodeAddresses[]; findings: Finding[] } {
  const racks = new Set(lab.fabric.switches.flatMap(({ name, role }) => (role === 'tor' ? [name] : [])))
  // The top-of-rack switch that a node's first uplink goes to.
  const homes = lab.nodes.map(({ uplinks: [first] }) =>
    first !== undefined && racks.has(first.switch) ? first.switch : undefined,
  )
  const candidates = freeSubnets(lab)
  const pools = new Map<string, AddressPool>()
  for (const { name, role } of lab.fabric.switches) {
    const subnet = role === 'tor' ? (givenSubnet(lab, name) ?? candidates.next().value) : undefined
    if (subnet !== undefined) pools.set(name, new AddressPool(subnet))
  }
  const rest = candidates.next().value
  const routed = rest === undefined ? undefined : new AddressPool(rest)
  const taken = new Set<number>(lab.external.map((external) => external.address))
  for (const { address } of lab.nodes.flatMap(({ uplinks }) => uplinks)) if (address !== undefined) taken.add(address.address)
  const findings = takeGivenAddresses(lab, taken)
  const addresses = lab.nodes.map((node, index): HostAddress => {
    const home = homes[index]
    const pool = home === undefined ? routed : pools.get(home)
    const ownSubnet = home === undefined ? undefined : pool?.subnet
    const address = node.address?.address ?? pool?.take(taken)
    if (address === undefined) {
      findings.push(pool === undefined ? noSubnet(index, home) : full(index, home, pool.subnet))
      return { address: NOWHERE, subnet: ipv4Prefix(NOWHERE, 32) }
    }
    if (ownSubnet === undefined) return { address, subnet: ipv4Prefix(address, node.address?.prefixLength ?? 32) }
    if (!ipv4PrefixContains(ownSubnet, address)) findings.push(outside(node, index, home!, ownSubnet))
    return { address, subnet: ownSubnet }
  })
  const others = (node: Node): HostInterface[] =>
    node.uplinks
      .filter((uplink) => uplink.address !== undefined)
      .map(({ switch: name, address: given }, index) => {
        const { address, prefixLength = 32 } = given!
        return { device: `eth${index + 1}`, address, subnet: pools.get(name)?.subnet ?? ipv4Prefix(address, prefixLength) }
      })
  return { addresses: addresses.map((each, index) => ({ ...each, others: others(lab.nodes[index]!) })), findings }
}

/** Stands for an address where a finding says that there is none. */
const NOWHERE = ipv4Address(0)

/** Notes the addresses that the lab gives, and finds those it gives twice. */
function takeGivenAddresses(lab: Lab, taken: Set<number>): Finding[] {
  return lab.nodes.flatMap((node, index) => {
    if (node.address === undefined) return []
    const again = taken.has(node.address.address)
    taken.add(node.address.address)
    return again ? [duplicate(node, index)] : []
  })
}

/** The subnet of a switch by the first address with a mask on it. */
function givenSubnet({ nodes }: Lab, name: string): Ipv4Prefix | undefined {
  const given = givenInterfaces(nodes).find((each) => each.switch === name && each.address.prefixLength !== undefined)
  return given && ipv4Prefix(given.address.address, given.address.prefixLength!)
}

/** The subnets 10.x.y.0/24 that nothing else of the lab uses, x counting first. */
function* freeSubnets(lab: Lab): Generator<Ipv4Prefix, undefined> {
  const used = [lab.cluster.podCIDR, lab.cluster.serviceCIDR]
  for (const { address } of givenInterfaces(lab.nodes)) {
    // An address without a mask is in the subnet that its switch has anyway.
    if (address.prefixLength !== undefined) used.push(ipv4Prefix(address.address, address.prefixLength))
  }
  for (let y = 0; y <= 255; y++) {
    for (let x = 1; x <= 255; x++) {
      const subnet = ipv4Prefix(ipv4Address(0x0a000000 + x * 0x10000 + y * 0x100), 24)
      if (!used.some((other) => ipv4PrefixesOverlap(other, subnet))) yield subnet
    }
  }
  return undefined
}

/** Free addresses of a subnet, from the eleventh on, then those below it; never the switch's own. */
class AddressPool {
  readonly subnet: Ipv4Prefix
  private next: number
  private wrapped = false

  constructor(subnet: Ipv4Prefix) {
    this.subnet = subnet
    this.next = ipv4PrefixSize(subnet) > FIRST_NODE_ORDINAL + 1 ? FIRST_NODE_ORDINAL : GATEWAY_ORDINAL + 1
  }

  /** The next address that is not in `taken`, which it joins; undefined when the subnet is full. */
  take(taken: Set<number>): Ipv4Address | undefined {
    for (;;) {
      // The last address of a subnet is its broadcast address.
      const end = this.wrapped ? FIRST_NODE_ORDINAL : ipv4PrefixSize(this.subnet) - 1
      if (this.next >= end) {
        if (this.wrapped || ipv4PrefixSize(this.subnet) <= FIRST_NODE_ORDINAL + 1) return undefined
        this.wrapped = true
        this.next = GATEWAY_ORDINAL + 1
        continue
      }
      const address = nthIpv4Address(this.subnet, this.next++)
      if (taken.has(address)) continue
      taken.add(address)
      return address
    }
  }
}

function duplicate(node: Node, index: number): Finding {
  return {
    code: 'duplicate-address',
    path: ['spec', 'nodes', index, 'address'],
    message: `Another interface already has the address ${formatIpv4Address(node.address!.address)} of node ${node.name}.`,
  }
}

function outside(node: Node, index: number, home: string, subnet: Ipv4Prefix): Finding {
  return {
    code: 'address-outside-subnet',
    path: ['spec', 'nodes', index, 'address'],
    message: `Node ${node.name} is on switch ${home}, whose subnet is ${formatIpv4Prefix(subnet)}.`,
  }
}

function full(index: number, home: string | undefined, subnet: Ipv4Prefix): Finding {
  const where = home === undefined ? 'nodes without a top-of-rack switch' : `switch ${home}`
  return {
    code: 'subnet-full',
    path: ['spec', 'nodes', index],
    message: `The subnet ${formatIpv4Prefix(subnet)} of ${where} has no address left.`,
    fix: 'Give a node on it an address with a shorter mask, like 10.1.0.11/16.',
  }
}

function noSubnet(index: number, home: string | undefined): Finding {
  const where = home === undefined ? 'Nodes without a top-of-rack switch' : `Switch ${home}`
  return {
    code: 'overlapping-cidrs',
    path: ['spec', 'nodes', index],
    message: `${where} cannot have a subnet of 10.0.0.0/8: the pod CIDR, the service CIDR and other subnets take it all.`,
    fix: 'Use a smaller pod CIDR, or give the nodes addresses with a mask.',
  }
}
