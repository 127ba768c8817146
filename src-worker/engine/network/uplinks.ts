/**
 * By which port each flow and direction leaves its host. Equal routes are chosen among as a router does, by the hash of the
 * outermost header; links of a bond by the bond's policy.
 */

import { prefixLookup } from '#shared/lookup/index'
import { UPLINK_HASH, type ForwardingTable, type HostTable, type RowEnds, type RunPlan } from '#shared/plan/index'
import { flowHash, hashSalt, type BondPolicy } from '#shared/wire/index'
import type { HeaderWriter } from './header-writer'

const NONE = -1

/** Policies of bonds by `UPLINK_HASH`, and whether they look inside tunnels. */
const POLICIES: Readonly<Partial<Record<number, { readonly policy: BondPolicy; readonly inside: boolean }>>> = {
  [UPLINK_HASH.layer2]: { policy: 'layer2', inside: false },
  [UPLINK_HASH.layer23]: { policy: 'layer2+3', inside: false },
  [UPLINK_HASH.layer34]: { policy: 'layer3+4', inside: false },
  [UPLINK_HASH.encap23]: { policy: 'layer2+3', inside: true },
  [UPLINK_HASH.encap34]: { policy: 'layer3+4', inside: true },
}

export class Uplinks {
  /** Port of each row (2 × flow + direction); −1 where its ends are on one host. */
  readonly port: Int32Array
  private readonly ends: RowEnds
  private readonly hosts: HostTable
  private readonly switchCount: number
  private readonly headers: HeaderWriter
  private forwarding: ForwardingTable

  constructor(plan: Pick<RunPlan, 'flows' | 'hosts' | 'switchCount' | 'forwarding'>, ends: RowEnds, headers: HeaderWriter) {
    this.ends = ends
    this.hosts = plan.hosts
    this.switchCount = plan.switchCount
    this.forwarding = plan.forwarding
    this.headers = headers
    this.port = new Int32Array(plan.flows.count * 2).fill(NONE)
    this.chooseAll()
  }

  /** Hosts route by another table from now on. */
  forwardBy(forwarding: ForwardingTable): void {
    this.forwarding = forwarding
    this.chooseAll()
  }

  /** Chooses anew for a row whose headers have changed. */
  choose(row: number): void {
    const { hosts, forwarding } = this
    const from = this.ends.from[row]
    const to = this.ends.to[row]
    if (from === to) return
    const towards = hosts.routesByPacket?.[from] === 1 ? this.headers.outermost(row).destination : hosts.address[to]
    const route = prefixLookup(forwarding.tries, forwarding.root[this.switchCount + from], towards)
    // A host that lost its last link keeps sending into it.
    if (route < 0) return
    const first = forwarding.groupFirst[route >> 1]
    const count = forwarding.groupFirst[(route >> 1) + 1] - first
    this.port[row] = forwarding.groupPorts[first + this.index(row, from, count)]
  }

  private chooseAll(): void {
    for (let row = 0; row < this.port.length; row++) this.choose(row)
  }

  private index(row: number, host: number, count: number): number {
    const bond = POLICIES[this.hosts.uplinkHash[host]]
    if (bond !== undefined) return this.headers.bondHash(row, bond.policy, bond.inside) % count
    const hash = flowHash(this.headers.outermost(row), hashSalt(this.switchCount + host + 1))
    return Math.floor((hash / 0x1_0000_0000) * count)
  }
}
