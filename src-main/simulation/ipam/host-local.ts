import { ipv4PrefixSize, nthIpv4Address, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

/** The gateway is the range's first address unless the configuration says otherwise. */
const GATEWAY_ORDINAL = 1

/**
 * The `host-local` IPAM plugin (containernetworking/plugins): round robin through a node's range, from the address after
 * the last one given. Neither the network's and the broadcast address nor the gateway's is given.
 */
export class HostLocalPool {
  private readonly range: Ipv4Prefix
  private readonly used = new Set<number>()
  private last: number

  constructor(range: Ipv4Prefix) {
    this.range = range
    this.last = GATEWAY_ORDINAL
  }

  /** The next address; undefined when all are in use. */
  take(): Ipv4Address | undefined {
    const usable = ipv4PrefixSize(this.range) - 2
    let ordinal = this.last
    for (let step = 0; step < usable; step++) {
      ordinal = ordinal >= usable ? 1 : ordinal + 1
      if (ordinal === GATEWAY_ORDINAL || this.used.has(ordinal)) continue
      this.used.add(ordinal)
      this.last = ordinal
      return nthIpv4Address(this.range, ordinal)
    }
    return undefined
  }

  /** Takes an address back. */
  release(address: Ipv4Address): void {
    this.used.delete(address - this.range.network)
  }
}
