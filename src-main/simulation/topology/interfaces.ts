import type { Ipv4Address } from '#shared/units/index'
import { ipv4PrefixContains } from '#shared/units/index'

import type { HostElement, HostInterface } from './topology'

/** A host's interfaces: the first, which its default route leads out of, then those of uplinks with an address of their own. */
export function interfacesOf({ address, subnet, others }: HostElement): readonly HostInterface[] {
  return [{ device: FIRST_INTERFACE, address, subnet }, ...(others ?? [])]
}

/** The interface by which a host sends to an address: the one whose subnet it is in, else that of the default route. */
export function interfaceTowards(host: HostElement, address: Ipv4Address): HostInterface {
  const all = interfacesOf(host)
  const near = all.filter(({ subnet }) => subnet.length < 32 && ipv4PrefixContains(subnet, address))
  return near.toSorted((a, b) => b.subnet.length - a.subnet.length)[0] ?? all[0]!
}

/** The interface that a host has an address on; the first where none has it. */
export function interfaceOf(host: HostElement, address: Ipv4Address): HostInterface {
  const all = interfacesOf(host)
  return all.find((candidate) => candidate.address === address) ?? all[0]!
}

/** What Linux calls the first interface; others have the next numbers. */
const FIRST_INTERFACE = 'eth0'
