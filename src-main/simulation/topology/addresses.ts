import type { Lab, Node } from '#shared/lab/index'
import type { Finding } from '#shared/lab/problem'
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

/** The address of a host's interface and the subnet it is in. */
export interface HostAddress {
  readonly address: Ipv4Address
  readonly subnet: Ipv4Prefix
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
export function assignNodeAddresses(lab: Lab): { addresses: HostAddress[]; findings: Finding[] } {
  const homes = lab.nodes.map((node) => homeOf(lab, node))
  const candidates = freeSubnets(lab)
  const pools = new Map<string, AddressPool>()
  for (const { name, role } of lab.fabric.switches) {
    if (role === 'tor') pools.set(name, new AddressPool(givenSubnet(lab, homes, name) ?? candidates.next()))
  }
  const routed = new AddressPool(candidates.next())
  const findings: Finding[] = []
  const taken = new Set<number>(lab.external.map((external) => external.address))
  lab.nodes.forEach((node, index) => {
    if (node.address === undefined) return
    if (taken.has(node.address.address)) findings.push(duplicate(node, index))
    taken.add(node.address.address)
  })
  const addresses = lab.nodes.map((node, index): HostAddress => {
    const home = homes[index]
    const pool = home === undefined ? undefined : pools.get(home)
    if (node.address !== undefined) {
      const { address, prefixLength } = node.address
      if (pool === undefined) return { address, subnet: ipv4Prefix(address, prefixLength ?? 32) }
      if (!ipv4PrefixContains(pool.subnet, address)) findings.push(outside(node, index, home!, pool.subnet))
      return { address, subnet: pool.subnet }
    }
    const source = pool ?? routed
    const address = source.take(taken)
    if (address === undefined) findings.push(full(index, home, source.subnet))
    const given = address ?? source.subnet.network
    return { address: given, subnet: pool === undefined ? ipv4Prefix(given, 32) : pool.subnet }
  })
  return { addresses, findings }
}

/** The top-of-rack switch that a node's first uplink goes to. */
function homeOf(lab: Lab, node: Node): string | undefined {
  const first = node.uplinks[0]?.switch
  return lab.fabric.switches.find(({ name, role }) => name === first && role === 'tor')?.name
}

/** The subnet of a switch by the first address with a mask on it. */
function givenSubnet(lab: Lab, homes: readonly (string | undefined)[], name: string): Ipv4Prefix | undefined {
  const node = lab.nodes.find(({ address }, index) => homes[index] === name && address?.prefixLength !== undefined)
  return node === undefined ? undefined : ipv4Prefix(node.address!.address, node.address!.prefixLength!)
}

/** The subnets 10.x.y.0/24 that nothing else of the lab uses, x counting first. */
function freeSubnets(lab: Lab): { next(): Ipv4Prefix } {
  const used = [lab.cluster.podCIDR, lab.cluster.serviceCIDR]
  for (const { address } of lab.nodes) {
    if (address !== undefined) used.push(ipv4Prefix(address.address, address.prefixLength ?? 32))
  }
  let candidate = 0
  return {
    next(): Ipv4Prefix {
      for (; candidate < 255 * 256; candidate++) {
        const network = ipv4Address(0x0a000000 + ((candidate % 255) + 1) * 0x10000 + Math.floor(candidate / 255) * 0x100)
        const subnet = ipv4Prefix(network, 24)
        if (used.some((other) => ipv4PrefixesOverlap(other, subnet))) continue
        candidate++
        return subnet
      }
      throw new RangeError('More switches than there are /24 subnets in 10.0.0.0/8')
    },
  }
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
