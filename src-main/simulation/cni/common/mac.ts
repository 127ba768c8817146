import { macOfAddress, type MacAddress } from '#shared/wire/index'

/** First two bytes of the addresses of elements of the network; the rest is the element's number. */
const ELEMENT_PREFIX = 0x0200
/** First two bytes of addresses that the kernel draws at random for virtual devices; the rest is their IP address. */
const VIRTUAL_PREFIX = { pod: 0x0e00, node: 0x0e01, bridge: 0x0e02, tunnel: 0x0e03 } as const

/** The MAC address of a switch's or host's interface. All are locally administered. */
export function elementMac(element: number): MacAddress {
  return macOfAddress(ELEMENT_PREFIX, element)
}

/** The MAC address of a virtual device: a pod's interface, the node's side of it, a bridge, a tunnel's end. */
export function virtualMac(device: keyof typeof VIRTUAL_PREFIX, address: number): MacAddress {
  return macOfAddress(VIRTUAL_PREFIX[device], address)
}
