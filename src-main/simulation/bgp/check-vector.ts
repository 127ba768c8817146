import { formatIpv4Address, type Ipv4Address } from '#shared/units/index'

/** A vector that contradicts itself, with the place. */
export class BgpVectorError extends Error {}

/** A topology as far as it is checked. */
interface CheckedTopology {
  readonly segments?: readonly string[] | undefined
  readonly nodes: Readonly<Record<string, {
    readonly ifs: readonly (readonly [string, { readonly address: Ipv4Address }])[]
    readonly peers: readonly { readonly ip: Ipv4Address }[]
  }>>
}

/**
 * Checks what a topology's parts say of each other: every address has one owner, nodes are on segments that the topology
 * names (where it names them), and have each neighbour once. Throws a {@link BgpVectorError}.
 */
export function checkTopology({ segments, nodes }: CheckedTopology): void {
  const owners = new Map<Ipv4Address, string>()
  for (const [name, { ifs }] of Object.entries(nodes)) {
    for (const [segment, { address }] of ifs) {
      const other = owners.get(address)
      if (other !== undefined) throw new BgpVectorError(`${other} and ${name} both have the address ${formatIpv4Address(address)}`)
      if (segments?.includes(segment) === false) {
        throw new BgpVectorError(`${name} is on the segment ${segment}, which the topology does not have`)
      }
      owners.set(address, name)
    }
  }
  for (const [name, { peers }] of Object.entries(nodes)) {
    for (const [index, { ip }] of peers.entries()) {
      const address = formatIpv4Address(ip)
      if (owners.get(ip) === name) throw new BgpVectorError(`${name} has its own address ${address} as neighbour`)
      if (peers.findIndex((peer) => peer.ip === ip) < index) throw new BgpVectorError(`${name} has the neighbour ${address} twice`)
    }
  }
}
