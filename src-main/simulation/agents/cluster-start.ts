import { CALICO_TIMERS, Random } from '../bgp/index'
import type { EndpointDistribution } from './cilium-distribution'
import { TIMING } from './timing'
import { logNormalQuantiles, watchDelays } from './watch-delays'

/** A cluster that starts: all nodes at once, then its pods. */
export interface ClusterStart {
  readonly nodes: number
  readonly pods: number
  readonly seed: number
}

/** How nodes learn of each other. */
export type Distribution =
  | { readonly kind: 'bgp-mesh' }
  | { readonly kind: 'bgp-reflectors'; readonly reflectors: number }
  /** Objects of the API server, watched by every agent: Cilium, Flannel, Felix with VXLAN. */
  | { readonly kind: 'watch'; readonly cilium?: EndpointDistribution }

/** When everybody knows everybody, and what it took. */
export interface ClusterStartOutcome {
  readonly sessions: number
  readonly sessionsPerNode: number
  /** UPDATEs with routes until convergence, End-of-RIB included. */
  readonly updates: number
  /** Routes (or tunnel entries) to other nodes on each node. */
  readonly routesPerNode: number
  /** Quantiles over all pairs of nodes of the time at which one knew the other, and the last; seconds. */
  readonly knownSeconds: { readonly p50: number; readonly p99: number; readonly last: number }
  /** Likewise over all pairs of a pod and a node, for what is distributed per pod (identities, policy members). */
  readonly podKnownSeconds?: { readonly p50: number; readonly p99: number; readonly last: number }
}

/** A design that cannot be simulated at this size, with the arithmetic. */
export class ClusterTooLarge extends Error {}

/** A mesh of more sessions is not simulated. */
const MAX_MESH_SESSIONS = 5_000_000
/** UPDATEs leave within this of what they tell (from captures of BIRD), s. */
const GATHER_SECONDS = [0.0002, 0.003] as const
/** Nodes start within this, s. */
const START_SPREAD_SECONDS = 0.02
/** Pods that the whole cluster starts in a second (Kubernetes' scalability thresholds: 20 pods a second and more). */
const PODS_PER_SECOND = 100
/** Objects created within this reach a watcher together, s. */
const WATCH_BATCH_SECONDS = 0.1

/**
 * Simulates how a cluster's nodes come to know each other, pair by pair: when each session is up, when each fact reaches
 * each node. Throws {@link ClusterTooLarge} for a full mesh that is too large.
 */
export function startCluster(start: ClusterStart, distribution: Distribution): ClusterStartOutcome {
  const random = new Draws(start.seed)
  switch (distribution.kind) {
    case 'bgp-mesh':
      return meshStart(start, random)
    case 'bgp-reflectors':
      return reflectorStart(start, distribution.reflectors, random)
    case 'watch':
      return watchStart(start, distribution.cilium, random)
  }
}

/** What a cluster has of BGP, however its routes get to nodes. */
export type BgpCounts = Pick<ClusterStartOutcome, 'sessions' | 'sessionsPerNode' | 'updates'>

/** The sessions of a full mesh, and one UPDATE and one End-of-RIB for each and direction. */
export function meshCounts(nodes: number): BgpCounts {
  const sessions = (nodes * (nodes - 1)) / 2
  return { sessions, sessionsPerNode: nodes - 1, updates: 4 * sessions }
}

/** The sessions of nodes with route reflectors, and what they send. */
export function reflectorCounts(nodes: number, reflectors: number): BgpCounts {
  const clients = nodes - reflectors
  const sessions = reflectors * clients + (reflectors * (reflectors - 1)) / 2
  // Clients to reflectors, reflectors' own, reflected to clients and to the other reflectors; End-of-RIB both ways.
  const updates =
    reflectors * clients +
    reflectors * (clients + reflectors - 1) +
    reflectors * clients * (clients - 1) +
    reflectors * (reflectors - 1) * clients +
    reflectors * (reflectors - 1) * clients
  return { sessions, sessionsPerNode: reflectors, updates: updates + 2 * sessions }
}

function meshStart({ nodes }: ClusterStart, random: Draws): ClusterStartOutcome {
  const counts = meshCounts(nodes)
  const { sessions } = counts
  if (sessions > MAX_MESH_SESSIONS) throw new ClusterTooLarge(meshArithmetic(nodes, sessions))
  const known = new TimeHistogram()
  for (let session = 0; session < sessions; session++) {
    const up = random.sessionUp()
    known.add(up + random.gather())
    known.add(up + random.gather())
  }
  return { ...counts, routesPerNode: nodes - 1, knownSeconds: known.quantiles() }
}

function reflectorStart({ nodes }: ClusterStart, reflectors: number, random: Draws): ClusterStartOutcome {
  const up = Array.from({ length: reflectors }, () => Float64Array.from({ length: nodes }, () => random.sessionUp()))
  const known = new TimeHistogram()
  for (let node = 0; node < nodes; node++) {
    for (let other = 0; other < nodes; other++) {
      if (other === node) continue
      // A reflector passes on what it knows once both have their sessions with it.
      let both = Infinity
      for (let reflector = 0; reflector < reflectors; reflector++) {
        const time = Math.max(up[reflector]![other]!, up[reflector]![node]!)
        if (time < both) both = time
      }
      known.add(both + random.gather() + random.gather())
    }
  }
  return { ...reflectorCounts(nodes, reflectors), routesPerNode: nodes - 1, knownSeconds: known.quantiles() }
}

function watchStart({ nodes, pods }: ClusterStart, cilium: EndpointDistribution | undefined, random: Draws): ClusterStartOutcome {
  const late = (): number => (cilium === 'kvstore' ? random.etcd() : random.watch())
  const known = new TimeHistogram()
  for (let node = 0; node < nodes; node++) {
    const created = random.between(0, START_SPREAD_SECONDS)
    for (let other = 1; other < nodes; other++) known.add(created + late())
  }
  const podKnown = new TimeHistogram()
  const batches = Math.ceil(pods / (PODS_PER_SECOND * WATCH_BATCH_SECONDS))
  for (let batch = 0; batch < batches; batch++) {
    // Objects of a batch reach a watcher together; how late they are counts from their creation.
    for (let node = 0; node < nodes; node++) podKnown.add(random.between(0, WATCH_BATCH_SECONDS) + late())
  }
  return {
    sessions: 0,
    sessionsPerNode: 0,
    updates: 0,
    routesPerNode: nodes - 1,
    knownSeconds: known.quantiles(),
    podKnownSeconds: podKnown.quantiles(),
  }
}

/**
 * Events of watches that a cluster's start takes: on every node an agent is told of all other nodes, and one of all pods: Felix,
 * whoever writes the routes, and Cilium's agent, by slices where there are such. Flanneld is told of nodes alone.
 */
export function watchEvents({ nodes, pods }: Omit<ClusterStart, 'seed'>, told: EndpointDistribution | 'pods' | 'nodes'): number {
  const ofPods = told === 'nodes' ? 0 : Math.ceil(pods / (told === 'slices' ? podsPerSlice() : 1))
  return nodes * (nodes - 1 + ofPods)
}

/** Pods that the operator gathers before it writes a slice with them. */
function podsPerSlice(): number {
  const { gatherSeconds, mostEndpoints } = TIMING.endpointSlices
  return Math.min(mostEndpoints, PODS_PER_SECOND * gatherSeconds)
}

/** The arithmetic of a full mesh. */
function meshArithmetic(nodes: number, sessions: number): string {
  const whole = (value: number): string => value.toLocaleString('en-US')
  return (
    `A full mesh of ${whole(nodes)} nodes has ${whole(nodes)}·${whole(nodes - 1)}/2 = ${whole(sessions)} sessions, ${whole(nodes - 1)} on each node, ` +
    `and sends ${whole(4 * sessions)} UPDATEs to converge; it is not simulated. Use route reflectors.`
  )
}

/** The random times of a start. */
class Draws extends Random {
  private readonly watchDelays = watchDelays()
  private readonly etcdDelays = logNormalQuantiles(TIMING.kvstore)

  /** A session is up after the starts of both ends and the connect delay, jittered to 75 to 100 %. */
  sessionUp(): number {
    const { connectDelay } = CALICO_TIMERS
    return this.between(0, START_SPREAD_SECONDS) + this.jittered(connectDelay)
  }

  gather(): number {
    return this.between(...GATHER_SECONDS)
  }

  /** How late a watcher learns of something. */
  watch(): number {
    return this.watchDelays[Math.floor(this.unit() * this.watchDelays.length)]!
  }

  /** Likewise from Cilium's own etcd. */
  etcd(): number {
    return this.etcdDelays[Math.floor(this.unit() * this.etcdDelays.length)]!
  }
}

/** Times in bins of a millisecond up to a minute. */
class TimeHistogram {
  private readonly bins = new Uint32Array(60_000)
  private count = 0
  private last = 0

  add(seconds: number): void {
    this.bins[Math.min(this.bins.length - 1, Math.floor(seconds * 1000))]!++
    this.count++
    if (seconds > this.last) this.last = seconds
  }

  quantiles(): { p50: number; p99: number; last: number } {
    return { p50: this.quantile(0.5), p99: this.quantile(0.99), last: this.last }
  }

  private quantile(share: number): number {
    let left = share * this.count
    for (let bin = 0; bin < this.bins.length; bin++) {
      left -= this.bins[bin]!
      if (left <= 0) return bin / 1000
    }
    return this.last
  }
}
