import type { Traffic, Variant } from '#shared/lab/index'

import type { DeliveredChange, Delivery, IpsecKeys, KeyFailure } from '../agents/index'
import { podEnd, type CniNetwork, type Endpoint, type Stray } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import type { Backend } from '../services/index'
import type { Cut } from './direction-builder'
import type { EndPair } from './end-pair'
import type { MissingKnowledge, PolicyView, PolicyViews } from './policy-views'
import type { AskedService, ServiceDirectory } from './service-directory'

/** A pair of ends for a part of the run: with a service, as long as it has that backend. */
export interface PairLife {
  readonly pair: EndPair
  readonly fromNs: number
  readonly untilNs: number
}

/** What holds for a flow's opening direction from a time on. */
export interface FlowState extends Knowledge {
  readonly fromNs: number
  /** Connections that exist keep what held before. */
  readonly forNewOnly: boolean
}

/** What nodes know at a time, as far as a flow is concerned. */
interface Knowledge {
  /** What policies are at the client's node, and at the server's. */
  readonly atClient: PolicyView
  readonly atServer: PolicyView
  /** Why packets end, and at which end or on the node between them, whatever policies say. */
  readonly cut: Cut | { readonly at: 'entry'; readonly stray: Stray } | undefined
  /** What nodes lack to encrypt and decrypt the packets of each direction; undefined where they have it, or nothing is encrypted. */
  readonly keyless: { readonly forward: KeyFailure | undefined; readonly reverse: KeyFailure | undefined }
}

const ALL_KEYS: Knowledge['keyless'] = { forward: undefined, reverse: undefined }

/** Kinds of traffic that open connections all the time, so that they follow a service's backends. */
const REOPENING: readonly Traffic['kind'][] = ['tcp-crr', 'udp-stream', 'udp-rr', 'http']

/** What the changes of a lab's cluster make of its flows, as each node comes to know of them. */
export class ChangingFlows {
  private readonly variant: Variant
  private readonly pods: readonly Pod[]
  private readonly changes: readonly DeliveredChange[]
  private readonly views: PolicyViews
  private readonly directory: ServiceDirectory
  private readonly network: Pick<CniNetwork, 'stray'>
  private readonly successors: ReadonlyMap<number, number>
  private readonly keys: IpsecKeys | undefined

  constructor(parts: {
    variant: Variant; pods: readonly Pod[]; changes: readonly DeliveredChange[]; views: PolicyViews; directory: ServiceDirectory; successors: ReadonlyMap<number, number>
    network: Pick<CniNetwork, 'stray'>
    /** Undefined where no key changes. */
    keys: IpsecKeys | undefined
  }) {
    this.variant = parts.variant
    this.pods = parts.pods
    this.changes = parts.changes
    this.views = parts.views
    this.directory = parts.directory
    this.network = parts.network
    this.successors = parts.successors
    this.keys = parts.keys
  }

  /**
   * The parts of a run in which a pair's flow exists: while its client is there, and with a service for each backend that it
   * gets. Long connections keep theirs, whatever becomes of it. A pod in the client's place goes on with it.
   */
  lives(traffic: Traffic, pair: EndPair, key: string): PairLife[] {
    if (this.changes.length === 0) return [{ pair, fromNs: 0, untilNs: Infinity }]
    const own = this.presence(pair.client).flatMap(({ fromNs, untilNs }) =>
      this.backendLives(traffic, pair, key, fromNs).flatMap((life) => {
        const [from, until] = [Math.max(fromNs, life.fromNs), Math.min(untilNs, life.untilNs)]
        return from < until ? [{ pair: life.pair, fromNs: from, untilNs: until }] : []
      }),
    )
    return pair.next === undefined ? own : [...own, ...this.lives(traffic, pair.next, key)]
  }

  /** What holds for a flow over time; the first from the flow's beginning on. */
  states({ pair, fromNs, untilNs }: PairLife): FlowState[] {
    const { whole } = this.views
    const { client, server } = pair
    const ofKeys = this.timesOfKeys(client, server)
    if (this.changes.length === 0 && ofKeys.length === 0) {
      return [{ fromNs, forNewOnly: false, atClient: whole, atServer: whole, cut: undefined, keyless: ALL_KEYS }]
    }
    const times = [...this.timesOfPolicies(client, server), ...this.timesOfServer(server), ...this.timesOfService(pair), ...ofKeys]
    const later = [...new Set(times)].filter((atNs) => atNs > fromNs && atNs < untilNs).toSorted((a, b) => a - b)
    const states: FlowState[] = []
    for (const atNs of [fromNs, ...later]) {
      const before = states.at(-1)
      const next = this.stateAt(pair, atNs)
      if (before === undefined || !isSame(before, next)) {
        states.push({ ...next, fromNs: atNs, forNewOnly: before !== undefined && this.sparesConnections(before, next) })
      }
    }
    return states
  }

  /** When a pod's end is there, as its own node has programmed it; nodes and what is outside always are. */
  presence({ pod }: Endpoint): { readonly fromNs: number; readonly untilNs: number }[] {
    const changes = this.changes.filter(({ subject }) => subject.kind === 'pod' && subject.pod === pod)
    const spans: { fromNs: number; untilNs: number }[] = []
    let since: number | undefined = changes[0]?.present === true ? undefined : 0
    for (const { present, atNs, deliveries } of changes) {
      if (present) since ??= deliveries[0]?.doneNs ?? atNs
      else if (since !== undefined) {
        spans.push({ fromNs: since, untilNs: atNs })
        since = undefined
      }
    }
    return since === undefined ? spans : [...spans, { fromNs: since, untilNs: Infinity }]
  }

  private stateAt(pair: EndPair, atNs: number): Knowledge {
    const { client, server } = pair
    return {
      atClient: this.views.at(this.missing(client, server, atNs)),
      atServer: this.views.at(this.missing(server, client, atNs, this.carriesIdentity)),
      cut: this.cutAt(pair, atNs),
      keyless: this.keylessAt(client, server, atNs),
    }
  }

  private keylessAt(client: Endpoint, server: Endpoint, atNs: number): Knowledge['keyless'] {
    if (this.keys === undefined || !isEncryptedBetween(client, server)) return ALL_KEYS
    return {
      forward: this.keys.failureAt(client.host, server.host, atNs),
      reverse: this.keys.failureAt(server.host, client.host, atNs),
    }
  }

  private cutAt(pair: EndPair, atNs: number): FlowState['cut'] {
    const { server, service } = pair
    const stray = this.strayOf(pair)
    if (service !== undefined && !this.knows(this.whoKnowsService(pair), atNs, isService(service.service.reference))) {
      return stray === undefined ? { at: 'sender', reason: 'no-route' } : { at: 'entry', stray }
    }
    const isThere = this.presence(server).some(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs)
    return isThere ? undefined : { at: 'receiver', reason: 'no-pod' }
  }

  /** Netfilter and Calico's eBPF data plane look at policies once a connection, and at services; Cilium's programs always look at policies. */
  private sparesConnections(before: Knowledge, next: Knowledge): boolean {
    if (before.cut !== undefined) return false
    if (next.cut !== undefined) return next.cut.at !== 'receiver'
    return this.variant.cni !== 'cilium'
  }

  /** Cilium's tunnels say the sender's identity, so that nobody has to be told of its address before. */
  private get carriesIdentity(): boolean {
    return this.variant.cni === 'cilium' && this.variant.settings.routingMode !== 'native'
  }

  /** What a node that one end is on does not know, as far as it concerns the other end. */
  private missing(own: Endpoint, other: Endpoint, atNs: number, isTold = false): MissingKnowledge {
    const objects = new Set(this.changes.flatMap(({ subject }) => (subject.kind === 'policy' ? [subject.object] : [])))
    const absent = [...objects].filter((object) => !this.knows(own, atNs, (change) => change.subject.kind === 'policy' && change.subject.object === object))
    const knowsPod = (pod: number): boolean => this.knows(own, atNs, ({ subject }) => subject.kind === 'address' && subject.pod === pod)
    if (other.pod < 0 || isTold || knowsPod(other.pod)) return { absent, unknown: undefined }
    return { absent, unknown: other.pod, takenFor: this.views.sharingAddress(other.pod).find(knowsPod) }
  }

  /** Whether what some changes are about is there at a time, for all that an end's node knows. */
  private knows(own: Endpoint, atNs: number, isAbout: (change: DeliveredChange) => boolean): boolean {
    const about = this.changes.filter((change) => isAbout(change))
    const known = about.findLast((change) => doneAt(change, own) <= atNs)
    return known?.present ?? about[0]?.present !== true
  }

  private timesOfPolicies(client: Endpoint, server: Endpoint): number[] {
    const [clients, servers] = [client, server].map(({ pod }) => [pod, ...this.views.sharingAddress(pod)])
    return this.changes.flatMap((change) => {
      const { subject } = change
      if (subject.kind === 'policy') return [doneAt(change, client), doneAt(change, server)]
      if (subject.kind !== 'address') return []
      if (clients!.includes(subject.pod)) return [doneAt(change, server)]
      return servers!.includes(subject.pod) ? [doneAt(change, client)] : []
    })
  }

  private timesOfKeys(client: Endpoint, server: Endpoint): number[] {
    if (this.keys === undefined || !isEncryptedBetween(client, server)) return []
    return [...this.keys.timesBetween(client.host, server.host), ...this.keys.timesBetween(server.host, client.host)]
  }

  private timesOfServer(server: Endpoint): number[] {
    return this.presence(server).flatMap(({ fromNs, untilNs }) => [fromNs, untilNs])
  }

  private timesOfService(pair: EndPair): number[] {
    const { service: asked } = pair
    if (asked === undefined) return []
    return this.changes.filter((change) => isService(asked.service.reference)(change)).map((change) => doneAt(change, this.whoKnowsService(pair)))
  }

  /** Who stops sending when a service is gone: the client, but where its range is announced all the same, the node that it comes to. */
  private whoKnowsService(pair: EndPair): Endpoint {
    return this.strayOf(pair) === undefined ? pair.client : this.translator(pair)
  }

  /** What becomes of packets to a service that is gone on the node that announces them from outside. */
  private strayOf({ client, service }: EndPair): Stray | undefined {
    return client.kind === 'external' && service?.frontend?.kind === 'external' ? this.network.stray(service.frontend.address) : undefined
  }

  /** The backends that a pair's connections get one after another. */
  private backendLives(traffic: Traffic, pair: EndPair, key: string, sinceNs: number): PairLife[] {
    const { service: asked, client } = pair
    const whole = { pair, fromNs: 0, untilNs: Infinity }
    if (asked === undefined && traffic.to.kind === 'workload' && REOPENING.includes(traffic.kind)) return this.serverLives(pair)
    if (asked?.backend === undefined) return [whole]
    const times = this.changes.flatMap((change) =>
      change.subject.kind === 'endpoint' && concerns(asked.usable, change.subject.pod) ? [doneAt(change, this.translator(pair))] : [],
    )
    if (times.length === 0) return [whole]
    const begin = this.isReady(asked.backend, pair, sinceNs) ? sinceNs : Infinity
    const later = [...new Set(times)].filter((atNs) => atNs > sinceNs && Number.isFinite(atNs)).toSorted((a, b) => a - b)
    const lives: PairLife[] = []
    let current: Backend | undefined
    for (const atNs of [sinceNs, ...later]) {
      const ready = asked.usable.filter((backend) => this.isReady(backend, pair, atNs))
      const keeps = current !== undefined && (!REOPENING.includes(traffic.kind) || ready.includes(current))
      if (keeps) continue
      const next = atNs === begin ? asked.backend : this.directory.choose(asked, ready, { client, key: `${key} ${atNs}` })
      close(lives, atNs)
      if (next !== undefined) lives.push({ pair: this.withBackend(pair, asked, next), fromNs: atNs, untilNs: Infinity })
      current = next
    }
    return lives
  }

  /** The pods that new connections to a workload find one after another, as a client's node knows them to be ready. */
  private serverLives(pair: EndPair): PairLife[] {
    const lives: PairLife[] = [{ pair, fromNs: 0, untilNs: Infinity }]
    for (let pod = this.successors.get(pair.server.pod); pod !== undefined; pod = this.successors.get(pod)) {
      const ready = this.changes.find(({ subject, present }) => present && subject.kind === 'endpoint' && subject.pod === pod)
      const atNs = ready === undefined ? Infinity : doneAt(ready, pair.client)
      if (atNs === Infinity) break
      close(lives, atNs)
      lives.push({ pair: { ...pair, server: podEnd(this.pods, pod) }, fromNs: atNs, untilNs: Infinity })
    }
    return lives
  }

  /** The node that translates a pair's connections: where they arrive from outside, else the client's. */
  private translator({ client, service }: EndPair): Endpoint {
    return service?.entry === undefined ? client : { kind: 'node', host: service.entry, pod: -1 }
  }

  private isReady(backend: Backend, pair: EndPair, atNs: number): boolean {
    return this.knows(this.translator(pair), atNs, ({ subject }) => subject.kind === 'endpoint' && subject.pod === backend.pod)
  }

  private withBackend(pair: EndPair, asked: AskedService, backend: Backend): EndPair {
    if (backend === asked.backend) return pair
    return { ...pair, server: podEnd(this.pods, backend.pod), service: { ...asked, backend } }
  }
}

/** When a node forwards by a change; nobody has to tell what is outside. */
function doneAt({ deliveries, atNs }: DeliveredChange, { host, kind }: Endpoint): number {
  if (kind === 'external') return atNs
  return deliveries.find(({ node }: Delivery) => node === host)?.doneNs ?? Infinity
}

/** IPsec encrypts what goes from a pod to one of another node. */
function isEncryptedBetween(client: Endpoint, server: Endpoint): boolean {
  return client.kind === 'pod' && server.kind === 'pod' && client.host !== server.host
}

function isService(reference: string): (change: DeliveredChange) => boolean {
  return ({ subject }) => subject.kind === 'service' && subject.service === reference
}

function concerns(usable: readonly Backend[], pod: number): boolean {
  return usable.some((backend) => backend.pod === pod)
}

function reasonOf(cut: Knowledge['cut']): string | undefined {
  return cut?.at === 'entry' ? cut.at : cut?.reason
}

function isSame(a: Knowledge, b: Knowledge): boolean {
  const hasSameKeys = a.keyless.forward === b.keyless.forward && a.keyless.reverse === b.keyless.reverse
  return a.atClient === b.atClient && a.atServer === b.atServer && reasonOf(a.cut) === reasonOf(b.cut) && hasSameKeys
}

function close(lives: PairLife[], atNs: number): void {
  const last = lives.at(-1)
  if (last !== undefined && last.untilNs === Infinity) lives[lives.length - 1] = { ...last, untilNs: atNs }
}
