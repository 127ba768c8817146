import type { Finding, Lab, Traffic, TrafficEnd } from '#shared/lab/index'

import { podEnd, type Endpoint } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import type { Service } from '../services/index'
import { affinityGeneration } from './affinity'
import type { EndPair } from './end-pair'
import { pairUp } from './pair-up'
import type { AskedService, ServiceDirectory, ServiceRequest } from './service-directory'

/** Finds the ends of traffic by name. */
export class TrafficEnds {
  private readonly lab: Lab
  private readonly pods: readonly Pod[]
  private readonly byReference: ReadonlyMap<string, number>
  private readonly byWorkload: ReadonlyMap<string, readonly number[]>
  private readonly directory: ServiceDirectory
  private readonly successors: ReadonlyMap<number, number>

  /** `successors` are the pods that came in place of others, by these. */
  constructor(lab: Lab, pods: readonly Pod[], directory: ServiceDirectory, successors: ReadonlyMap<number, number> = new Map()) {
    this.directory = directory
    this.successors = successors
    this.lab = lab
    this.pods = pods
    this.byReference = new Map(pods.map(({ reference }, index) => [reference, index]))
    const later = new Set(successors.values())
    this.byWorkload = podsByWorkload(pods, later)
  }

  /**
   * The pairs of an entry, one for each connection. In turn: `streams` connections from each sender, which go to the
   * receivers in turn, connection c of all to receiver c mod n. Permutation: each sender to one receiver, drawn without
   * replacement (as far as there are enough). Incast: all senders to the first receiver. All to all: `streams` connections
   * from each sender to each receiver. A pod does not send to itself where its workload has another: it takes the next.
   * Connections to a service, or to a port of a node at which one answers, get a backend each, `streams` from each sender.
   * What a workload's pod sends, a pod that comes in its place goes on with.
   */
  pairs(traffic: Traffic, index: number): EndPair[] | Finding {
    const clients = this.endpoints(traffic.from)
    if (traffic.to.kind === 'service' || this.isNodePort(traffic)) return this.servicePairs(traffic, index, clients)
    const servers = this.endpoints(traffic.to)
    if (servers.length === 0) return []
    return pairUp(traffic, clients, servers).map((pair) => this.followed(traffic, pair, (client) => ({ ...pair, client })))
  }

  /** A pair with those that its client's successors have after it, as long as `after` finds them one. */
  private followed(traffic: Traffic, pair: EndPair, after: (client: Endpoint) => EndPair | undefined): EndPair {
    const successor = traffic.from.kind === 'workload' ? this.successors.get(pair.client.pod) : undefined
    const next = successor === undefined ? undefined : after(this.podEndpoints([successor])[0]!)
    return next === undefined ? pair : { ...pair, next: this.followed(traffic, next, after) }
  }

  private servicePairs(traffic: Traffic, index: number, clients: readonly Endpoint[]): EndPair[] | Finding {
    const refused = (code: 'not-modelled' | 'no-path', why: string): Finding => ({
      code, path: ['spec', 'traffic', index], message: `Traffic ${traffic.name}: ${why}.`,
    })
    const { kind, name } = traffic.to
    if (traffic.kind === 'icmp') return refused('not-modelled', `the address of service ${name} answers no echo requests`)
    const generation = (service: Service) => affinityGeneration(this.lab, traffic, service.affinitySeconds, (other) => this.asks(other, service))
    const pairs: EndPair[] = []
    for (const [sender, client] of clients.entries()) {
      for (let stream = 0; stream < traffic.streams; stream++) {
        const key = `${traffic.name} ${sender * traffic.streams + stream}`
        const ask = (from: Endpoint): EndPair | string => {
          const request = { client: from, protocol: protocolOf(traffic), key, generation }
          const asked = kind === 'service' ? this.askService(name, traffic.to.port, request) : this.askNode(name, traffic.to.port!, request)
          return typeof asked === 'string' ? asked : { client: from, server: this.serverOf(asked), service: asked }
        }
        const pair = ask(client)
        if (typeof pair === 'string') return refused('no-path', pair)
        pairs.push(this.followed(traffic, pair, (next) => asPair(ask(next))))
      }
    }
    return pairs
  }

  private askService(name: string, port: number | undefined, request: ServiceRequest): AskedService | string {
    return this.directory.ask(this.directory.named(name) ?? missing(name), port, request)
  }

  private askNode(name: string, port: number, request: ServiceRequest): AskedService | string {
    return this.directory.askNode(indexByName(this.lab.nodes, name), port, request)
  }

  /** Who answers: the backend, or where there is none the node that finds that out. */
  private serverOf({ backend, entry }: AskedService): Endpoint {
    return backend === undefined ? { kind: 'node', host: entry!, pod: -1 } : this.podEndpoints([backend.pod])[0]!
  }

  /** Whether traffic goes to a service, by its name or its port of a node. */
  private asks(traffic: Traffic, service: Service): boolean {
    if (traffic.to.kind === 'service') return traffic.to.name === service.reference
    return this.isNodePort(traffic) && this.directory.atNodePort(protocolOf(traffic), traffic.to.port!)?.service === service
  }

  /** Whether traffic goes to a port of a node at which a service answers. */
  private isNodePort({ kind, to }: Traffic): boolean {
    if (to.kind !== 'node' || to.port === undefined || kind === 'icmp') return false
    return this.directory.atNodePort(protocolOf({ kind }), to.port) !== undefined
  }

  /** The port that a pair's server listens on: its service's target; the entry's, the workload's first of the protocol, or the default. */
  serverPort(traffic: Traffic, { server, service }: EndPair, fallback: number): number {
    if (service !== undefined) return service.backend?.port ?? service.port.port
    if (traffic.to.port !== undefined) return traffic.to.port
    return this.pods[server.pod]?.ports.find((port) => port.protocol === protocolOf(traffic))?.port ?? fallback
  }

  /** All that an end names, services apart. */
  private endpoints({ kind, name }: TrafficEnd): Endpoint[] {
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
        throw new Error(`The lab is not validated: the service ${name} sends`)
    }
  }

  private podEndpoints(pods: readonly number[]): Endpoint[] {
    return pods.map((pod) => podEnd(this.pods, pod))
  }
}

function protocolOf({ kind }: Pick<Traffic, 'kind'>): 'TCP' | 'UDP' {
  return kind.startsWith('udp') ? 'UDP' : 'TCP'
}

/** What was asked for, where there is one. */
function asPair(asked: EndPair | string): EndPair | undefined {
  return typeof asked === 'string' ? undefined : asked
}

/** The pods that the lab deals out to each workload. */
function podsByWorkload(pods: readonly Pod[], later: ReadonlySet<number>): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  pods.forEach(({ workload }, pod) => {
    if (later.has(pod)) return
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
