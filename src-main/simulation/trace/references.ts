import { parseIpv4Address } from '#shared/units/index'

import { podEnd, type CniNetwork, type Endpoint } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import type { Topology } from '../topology/index'

/** What names are looked up in. */
export interface ReferencePlaces {
  readonly topology: Topology
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
}

/**
 * The end that a reference names: `ns/pod`, `node/name`, `external/name`, or an address of one of them. Otherwise why
 * there is none.
 */
export function findEnd(reference: string, { topology, pods, network }: ReferencePlaces): Endpoint | string {
  const host = (index: number): Endpoint => ({ kind: topology.hosts[index]!.kind, host: index, pod: -1 })
  if (reference.startsWith('service/')) return `The lab has no service ${reference.slice('service/'.length)} that can be asked.`
  const named = /^(node|external)\/(.+)$/u.exec(reference)
  if (named !== null) {
    const index = topology.hosts.findIndex(({ kind, name }) => kind === named[1] && name === named[2])
    return index < 0 ? `The lab has no ${named[1]!} ${named[2]!}.` : host(index)
  }
  const address = parseIpv4Address(reference)
  if (!address.ok) {
    const index = pods.findIndex(({ reference: name }) => name === reference)
    return index < 0 ? `The lab has no pod ${reference}.` : podEnd(pods, index)
  }
  const podIndex = pods.findIndex((_, index) => network.podAddress(index) === address.value)
  if (podIndex >= 0) return podEnd(pods, podIndex)
  const index = topology.hosts.findIndex((candidate) => candidate.address === address.value)
  return index < 0 ? `Nothing in the lab has the address ${reference}.` : host(index)
}
