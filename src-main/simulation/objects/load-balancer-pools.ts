import { ipv4Address, parseIpAddress, parseIpBlock, parseIpv4Address, type Ipv4Address } from '#shared/units/index'

import type { FieldReader } from '../kubernetes/field-reader'
import { matchesLabels, readLabelSelector, type LabelSelector } from '../kubernetes/label-selector'
import { isApiObject, namespaceOf, readApiObject, referenceOf, specOf, type ApiObject, type ReadObject } from '../kubernetes/object'

/** A CiliumLoadBalancerIPPool: addresses for services of type LoadBalancer. */
export interface LoadBalancerPool {
  readonly name: string
  /** Addresses, the first and the last one included. */
  readonly ranges: readonly { readonly first: Ipv4Address; readonly last: Ipv4Address }[]
  /** Which services; undefined: all. */
  readonly selector: LabelSelector | undefined
  readonly disabled: boolean
}

/** Labels that a selector can ask a service for beside its own (operator/pkg/lbipam). */
const NAMESPACE_LABEL = 'io.kubernetes.service.namespace'
const NAME_LABEL = 'io.kubernetes.service.name'
/** Annotations by which a service asks for addresses, the newer one first. */
const ASKING = ['lbipam.cilium.io/ips', 'io.cilium/lb-ipam-ips']
/** Classes of load balancers that Cilium serves; services without a class are served as well. */
const CLASSES = ['io.cilium/bgp-control-plane', 'io.cilium/l2-announcer', 'io.cilium/node']

/** Reads a pool. Blocks of IPv6 give nothing here. */
export function readLoadBalancerPool(object: ApiObject): ReadObject<LoadBalancerPool> {
  return readApiObject(object, 'cluster', (fields) => {
    const spec = fields.object('spec', (given) => {
      const keepsEnds = given.choice('allowFirstLastIPs', ['Yes', 'No']) === 'No'
      const ranges = given.objects('blocks', (block) => readBlock(block, keepsEnds))
      return {
        ranges: (ranges ?? []).flatMap((range) => range ?? []),
        selector: given.object('serviceSelector', readLabelSelector),
        disabled: given.boolean('disabled') ?? false,
      }
    })
    return { name: object.metadata.name, ...(spec ?? { ranges: [], selector: undefined, disabled: false }) }
  })
}

function readBlock(block: FieldReader, keepsEnds: boolean): LoadBalancerPool['ranges'][number] | undefined {
  const cidr = block.string('cidr')
  const [start, stop] = [block.string('start'), block.string('stop')]
  if ((cidr === undefined) === (start === undefined)) {
    block.place.invalid('', 'must have either cidr or start')
    return undefined
  }
  if (cidr === undefined) return readRange(block, start!, stop)
  const range = parseIpBlock(cidr)
  if (range === undefined) block.at('cidr').invalid(cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
  if (range?.version !== 4) return undefined
  const [first, last] = [Number(range.first), Number(range.last)]
  // Without them: the network's own address and that of all of it. Blocks of one or two addresses keep theirs.
  const cut = keepsEnds && range.length < 31 ? 1 : 0
  return { first: ipv4Address(first + cut), last: ipv4Address(last - cut) }
}

function readRange(block: FieldReader, start: string, stop = start): LoadBalancerPool['ranges'][number] | undefined {
  const [first, last] = [start, stop].map(parseIpAddress)
  for (const [name, text, address] of [['start', start, first], ['stop', stop, last]] as const) {
    if (address === undefined) block.at(name).invalid(text, 'must be a valid IP address')
  }
  if (first?.version !== 4 || last?.version !== 4) return undefined
  if (last.value < first.value) block.at('stop').invalid(stop, `must not be before ${start}`)
  return { first: ipv4Address(Number(first.value)), last: ipv4Address(Number(last.value)) }
}

/**
 * The addresses that Cilium's operator gives to services of type LoadBalancer out of the pools among a lab's objects
 * (LB-IPAM), by `namespace/name`: those that a service asks for, as far as a pool that selects it has them and nobody else
 * does; else the lowest free address of the first pool that selects it and has one. Pools and services count in the lab's order.
 */
export function loadBalancerAddresses(manifests: readonly unknown[]): Map<string, readonly Ipv4Address[]> {
  const objects = manifests.filter(isApiObject)
  const pools = objects
    .filter(({ kind, apiVersion }) => kind === 'CiliumLoadBalancerIPPool' && apiVersion.startsWith('cilium.io/'))
    .map((object) => readLoadBalancerPool(object).content)
    .filter(({ disabled }) => !disabled)
  if (pools.length === 0) return new Map()
  const taken = new Set<Ipv4Address>()
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')
  return new Map(
    services.flatMap((service) => {
      const addresses = isServed(service) ? addressesOf(service, pools, taken) : []
      for (const address of addresses) taken.add(address)
      return addresses.length === 0 ? [] : [[referenceOf(service), addresses]]
    }),
  )
}

function isServed(service: ApiObject): boolean {
  const { type, loadBalancerClass: ofClass } = specOf(service)
  return type === 'LoadBalancer' && (ofClass === undefined || CLASSES.some((known) => known === ofClass))
}

function addressesOf(service: ApiObject, pools: readonly LoadBalancerPool[], taken: ReadonlySet<Ipv4Address>): Ipv4Address[] {
  const serving = pools.filter(({ selector }) => selector === undefined || matchesLabels(selector, labelsOf(service)))
  const asked = askedAddresses(service)
  if (asked.length > 0) return asked.filter((address) => isIn(serving, address) && !taken.has(address))
  const free = lowestFree(serving, taken)
  return free === undefined ? [] : [free]
}

function lowestFree(serving: readonly LoadBalancerPool[], taken: ReadonlySet<Ipv4Address>): Ipv4Address | undefined {
  for (const { ranges } of serving) {
    for (const { first, last } of ranges) {
      for (let value: number = first; value <= last; value++) {
        const address = ipv4Address(value)
        if (!taken.has(address)) return address
      }
    }
  }
  return undefined
}

function labelsOf(service: ApiObject): Readonly<Record<string, string>> {
  const { labels, name } = service.metadata
  return { ...labels, [NAMESPACE_LABEL]: namespaceOf(service), [NAME_LABEL]: name }
}

function askedAddresses(service: ApiObject): Ipv4Address[] {
  const { loadBalancerIP } = specOf(service)
  const annotation = ASKING.map((key) => service.metadata.annotations?.[key]).find((text) => text !== undefined)
  const texts = annotation?.split(',') ?? (typeof loadBalancerIP === 'string' && loadBalancerIP !== '' ? [loadBalancerIP] : [])
  return texts.flatMap((text) => {
    const read = parseIpv4Address(text.trim())
    return read.ok ? [read.value] : []
  })
}

function isIn(pools: readonly LoadBalancerPool[], address: Ipv4Address): boolean {
  return pools.some(({ ranges }) => ranges.some(({ first, last }) => address >= first && address <= last))
}
