import type { Finding, Lab, Traffic, TrafficEnd } from '#shared/lab/index'

import type { Endpoint } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import { pairUp } from './pair-up'

/** Who sends to whom: one pair for each flow of a traffic entry. */
export interface EndPair {
  readonly client: Endpoint
  readonly server: Endpoint
}

/** Finds the ends of traffic by name. */
export class TrafficEnds {
  private readonly lab: Lab
  private readonly pods: readonly Pod[]
  private readonly byReference: ReadonlyMap<string, number>
  private readonly byWorkload: ReadonlyMap<string, readonly number[]>

  constructor(lab: Lab, pods: readonly Pod[]) {
    this.lab = lab
    this.pods = pods
    this.byReference = new Map(pods.map(({ reference }, index) => [reference, index]))
    this.byWorkload = podsByWorkload(pods)
  }

  /**
   * The pairs of an entry, one for each connection. In turn: `streams` connections from each sender, which go to the
   * receivers in turn, connection c of all to receiver c mod n. Permutation: each sender to one receiver, drawn without
   * replacement (as far as there are enough). Incast: all senders to the first receiver. All to all: `streams` connections
   * from each sender to each receiver. A pod does not send to itself where its workload has another: it takes the next.
   */
  pairs(traffic: Traffic, index: number): EndPair[] | Finding {
    const clients = this.endpoints(traffic.from)
    const servers = this.endpoints(traffic.to)
    if (clients === undefined || servers === undefined) {
      return {
        code: 'not-modelled',
        path: ['spec', 'traffic', index],
        message: `Traffic ${traffic.name}: services as ends of traffic are not modelled yet.`,
      }
    }
    return servers.length === 0 ? [] : pairUp(traffic, clients, servers)
  }

  /** The port that an entry's servers listen on: the entry's, the workload's first of the protocol, or the default. */
  serverPort(traffic: Traffic, server: Endpoint, fallback: number): number {
    if (traffic.to.port !== undefined) return traffic.to.port
    const protocol = traffic.kind.startsWith('udp') ? 'UDP' : 'TCP'
    return this.pods[server.pod]?.ports.find((port) => port.protocol === protocol)?.port ?? fallback
  }

  /** All that an end names; undefined for kinds that are not modelled. */
  private endpoints({ kind, name }: TrafficEnd): Endpoint[] | undefined {
    switch (kind) {
      case 'pod':
        return this.podEndpoints([this.byReference.get(name) ?? missing(name)])
      case 'workload':
        return this.podEndpoints(this.byWorkload.get(name) ?? [])
      case 'node':
        return [{ kind, host: indexByName(this.lab.nodes, name), pod: -1 }]
      case 'external':
        return [{ kind, host: this.lab.nodes.length + indexByName(this.lab.external, name), pod: -1 }]
      case 'service':
        return undefined
    }
  }

  private podEndpoints(pods: readonly number[]): Endpoint[] {
    return pods.map((pod) => {
      const { node, hostNetwork } = this.pods[pod]!
      return hostNetwork ? { kind: 'node', host: node, pod: -1 } : { kind: 'pod', host: node, pod }
    })
  }
}

function podsByWorkload(pods: readonly Pod[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  pods.forEach(({ workload }, pod) => {
    const group = groups.get(workload)
    if (group === undefined) groups.set(workload, [pod])
    else group.push(pod)
  })
  return groups
}

function indexByName(records: readonly { readonly name: string }[], name: string): number {
  const index = records.findIndex((record) => record.name === name)
  return index < 0 ? missing(name) : index
}

function missing(name: string): never {
  throw new Error(`The lab is not validated: nothing is named ${name}`)
}
