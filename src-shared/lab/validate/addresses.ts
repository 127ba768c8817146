import {
  formatIpv4Address,
  formatIpv4Prefix,
  ipv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixCovers,
  ipv4PrefixesOverlap,
  ipv4PrefixSize,
  type Ipv4Interface,
  type Ipv4Prefix,
} from '#shared/units/index'

import type { DocumentPath } from '../document-path'
import type { Report } from '../problem'
import type { Check, Content } from './content'
import { bridgeOf, givenInterfaces, switchSubnets, type SwitchSubnet } from './underlay'

/** A range of addresses that must be apart from others. */
interface Range {
  readonly prefix: Ipv4Prefix
  readonly what: string
  /** Where the document says it; undefined for a range that is a default. */
  readonly path?: DocumentPath
}

/** Ranges are apart, and hosts have addresses that their place allows. */
export const checkAddresses: Check = (content, report) => {
  reportOverlaps(rangesOf(content), report)
  checkHosts(content, report)
  checkPodBlocks(content, report)
}

function rangesOf({ lab, given, isWhole }: Content): Range[] {
  const cidr = (key: 'podCIDR' | 'serviceCIDR', what: string): Range => {
    const path = ['spec', 'cluster', key]
    return { prefix: lab.cluster[key], what, ...(given(path) === undefined ? {} : { path }) }
  }
  const ranges = [cidr('podCIDR', 'the pod CIDR'), cidr('serviceCIDR', 'the service CIDR')]
  // Which subnet a switch has depends on the others and on its nodes.
  const known = isWhole(['spec', 'fabric', 'switches']) && isWhole(['spec', 'nodes'])
  for (const [name, { prefix, givenBy }] of known ? switchSubnets(lab) : []) {
    ranges.push({ prefix, what: `the subnet of ${name}`, ...(givenBy === undefined ? {} : { path: givenBy.path }) })
  }
  lab.nodes.forEach((node, index) => {
    if (node.address === undefined || node.uplinks.length === 0 || bridgeOf(lab, node) !== undefined) return
    const path = ['spec', 'nodes', index, 'address']
    ranges.push({ prefix: ipv4Prefix(node.address.address, 32), what: `the address of node ${node.name}`, path })
  })
  lab.external.forEach(({ name, address }, index) => {
    const path = ['spec', 'external', index, 'address']
    ranges.push({ prefix: ipv4Prefix(address, 32), what: `the address of external host ${name}`, path })
  })
  return ranges
}

/** Reports ranges that overlap another, at the one that the document gives later. Equal single addresses are duplicates. */
function reportOverlaps(ranges: readonly Range[], report: Report): void {
  const order = new Map(ranges.map((range, index) => [range, range.path === undefined ? -1 : index]))
  const sorted = ranges.toSorted((a, b) => a.prefix.network - b.prefix.network || a.prefix.length - b.prefix.length)
  let around: Range | undefined
  for (const range of sorted) {
    if (around === undefined || !ipv4PrefixesOverlap(around.prefix, range.prefix)) {
      around = range
      continue
    }
    if (around.prefix.length === 32) continue
    const [first, later] = order.get(around)! > order.get(range)! ? [range, around] : [around, range]
    const text = (one: Range): string => `${one.what}, ${formatIpv4Prefix(one.prefix)}`
    const message = `${capitalised(text(later))}, overlaps ${text(first)}.`
    report('overlapping-cidrs', later.path ?? ['spec', 'cluster'], message, 'Use ranges that are apart.')
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function checkHosts({ lab, isWhole }: Content, report: Report): void {
  const taken = new Map<number, string>()
  const subnets = switchSubnets(lab)
  const claim = (address: number, what: string, path: DocumentPath): void => {
    const other = taken.get(address)
    if (other === undefined) taken.set(address, what)
    else
      report('duplicate-address', path, `${capitalised(what)} has the address of ${other}.`, 'Give it another address.')
  }
  for (const { node, switch: bridge, address, path } of givenInterfaces(lab.nodes)) {
    claim(address.address, `node ${lab.nodes[node]!.name}`, path)
    const subnet = bridge === undefined ? undefined : subnets.get(bridge)
    const complaint = subnet === undefined ? undefined : whyNotInSubnet(address, bridge!, subnet)
    if (complaint !== undefined && isWhole(['spec', 'fabric', 'switches']))
      report('address-outside-subnet', path, complaint)
  }
  checkInterfaces(lab, report)
  lab.external.forEach(({ name, address }, index) => {
    claim(address, `external host ${name}`, ['spec', 'external', index, 'address'])
  })
}

/** An uplink that is an interface of its own hangs on a switch that bridges, and is not the node's first. */
function checkInterfaces(lab: Content['lab'], report: Report): void {
  const bridges = new Set(lab.fabric.switches.filter(({ role }) => role === 'tor').map(({ name }) => name))
  lab.nodes.forEach(({ name, uplinks }, node) => {
    uplinks.forEach((uplink, index) => {
      if (uplink.address === undefined) return
      const path = ['spec', 'nodes', node, 'uplinks', index, 'address']
      if (index === 0) report('not-applicable', path, `The first uplink of node ${name} has the node’s own address.`, 'Give it as the node’s address.')
      else if (!bridges.has(uplink.switch)) report('not-applicable', path, `An uplink with an address leads to a switch of the role tor, and ${uplink.switch} is none.`)
    })
  })
}

/** Shortest prefix length without an address for the network and one for broadcasts (RFC 3021). */
const POINT_TO_POINT_LENGTH = 31

function whyNotInSubnet(given: Ipv4Interface, bridge: string, { prefix }: SwitchSubnet): string | undefined {
  const { address, prefixLength = prefix.length } = given
  const text = formatIpv4Address(address)
  const subnet = `the subnet ${formatIpv4Prefix(prefix)} of ${bridge}`
  if (!ipv4PrefixContains(prefix, address)) return `${text} is outside ${subnet}.`
  if (prefixLength !== prefix.length) return `${text}/${prefixLength} has another mask than ${subnet}.`
  if (prefix.length >= POINT_TO_POINT_LENGTH) return undefined
  const ordinal = address - prefix.network
  if (ordinal === 0 || ordinal === ipv4PrefixSize(prefix) - 1)
    return `${text} is the network or broadcast address of ${subnet}.`
  return ordinal === 1 ? `${text} is the address of ${bridge} itself, the first of ${subnet}.` : undefined
}

function checkPodBlocks({ lab }: Content, report: Report): void {
  const { podCIDR } = lab.cluster
  const blocks: Range[] = []
  lab.nodes.forEach((node, index) => {
    node.podBlocks.forEach((prefix, block) => {
      const path = ['spec', 'nodes', index, 'podBlocks', block]
      if (ipv4PrefixCovers(podCIDR, prefix)) blocks.push({ prefix, what: `the block of node ${node.name}`, path })
      else
        report(
          'out-of-range',
          path,
          `The block ${formatIpv4Prefix(prefix)} is outside the pod CIDR ${formatIpv4Prefix(podCIDR)}.`,
        )
    })
  })
  reportOverlaps(blocks, report)
}
