import { LAST_IPSEC_KEY_ID, usesIpsec, type Lab, type Variant } from '#shared/lab/index'
import { goDurationNs } from '#shared/lab/settings/go-duration'
import type { DropReason } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'

import { livesBetween } from './agent-queue'
import { clusterDowntimes, downtimesOf, firstUp, type Downtime } from './downtimes'
import { storedNs } from './pod-history'
import { TIMING } from './timing'
import { WatchDraws } from './watch-delays'

/** Id of the key of a fresh installation, which is the security parameter index (Cilium's documentation, IPsec: "3+ rfc4106(gcm(aes)) …"). */
export const FIRST_IPSEC_KEY_ID = 3

/** Why a node's encrypted packets do not reach another: what the sender's kernel, or the receiver's, has no key for. */
export type KeyFailure = Extract<DropReason, `ipsec-${string}`>

/** A key: the id that nodes agree on it by, and which of the lab's it is, 0 for the first. */
interface Key {
  readonly id: number
  readonly number: number
}

/** A key that is known, or on disk, from a time on. */
interface KeySince extends Key {
  readonly fromNs: number
}

/** What the kernel of a node encrypts and decrypts with: states (and, for sending, policies) of one key. */
interface KeyStates extends KeySince {
  readonly untilNs: number
}

/** A node's agent, and what it has made of the Secret. */
interface NodeKeys {
  /** Keys that the agent took over, in order; the last is the node's own, and the one that it tells others. */
  readonly loaded: readonly KeySince[]
  readonly states: readonly KeyStates[]
  readonly downtimes: readonly Downtime[]
}

/**
 * Which keys of IPsec the nodes of a cluster have while its Secret changes (cilium pkg/datapath/linux/ipsec). An agent takes
 * a key over when the kubelet has renewed the file, or when it starts; one that runs refuses another key of the id that it has.
 * From then on it tells others the id, and the old key's states go after `keyRotationDuration`, with the next look for such.
 * A node sends with the older of its own id and the one that it heard of the receiver (bpf/lib/encrypt.h, get_min_encrypt_key).
 */
export class IpsecKeys {
  private readonly nodes: readonly NodeKeys[]
  /** Ids that a node heard of another, in order of time, by the pair's number; made when they are asked for. */
  private readonly heard = new Map<number, readonly KeySince[]>()
  private readonly lab: Lab
  private readonly draws: WatchDraws

  constructor(lab: Lab, draws: WatchDraws, durationNs: number) {
    this.lab = lab
    this.draws = draws
    this.nodes = lab.nodes.map((_, node) => nodeKeys(lab, node, draws, durationNs))
  }

  /** When something may change about the packets from one node to another, in no order, ns. */
  timesBetween(from: number, to: number): number[] {
    const own = [from, to].flatMap((node) => this.nodes[node]!.states.flatMap(({ fromNs, untilNs }) => [fromNs, untilNs]))
    return [...own, ...this.heardBy(from, to).map(({ fromNs }) => fromNs)].filter(Number.isFinite)
  }

  /** The id of the key that packets from one node to another are encrypted with at a time. */
  idAt(from: number, to: number, atNs: number): number {
    return olderId(lastBy(this.nodes[from]!.loaded, atNs).id, lastBy(this.heardBy(from, to), atNs).id)
  }

  /** Why packets from one node to another do not arrive at a time; undefined where they do. */
  failureAt(from: number, to: number, atNs: number): KeyFailure | undefined {
    const id = this.idAt(from, to, atNs)
    const stateOf = (node: number): KeyStates | undefined =>
      this.nodes[node]!.states.find((state) => state.id === id && state.fromNs <= atNs && atNs < state.untilNs)
    const [own, theirs] = [stateOf(from), stateOf(to)]
    if (own === undefined) return 'ipsec-no-policy'
    if (theirs === undefined) return 'ipsec-no-state'
    return own.number === theirs.number ? undefined : 'ipsec-wrong-key'
  }

  private heardBy(node: number, of: number): readonly KeySince[] {
    const pair = node * this.nodes.length + of
    const known = this.heard.get(pair)
    if (known !== undefined) return known
    const api = clusterDowntimes(this.lab.faults, 'kube-apiserver')
    const [first, ...later] = this.nodes[of]!.loaded
    const told = later.map((key): KeySince => {
      const seenNs = firstUp(api, key.fromNs) + this.draws.of(key.number, pair).watchNs()
      return { ...key, fromNs: firstUp(this.nodes[node]!.downtimes, seenNs) }
    })
    const heard = [first!, ...newestOnly(told)]
    this.heard.set(pair, heard)
    return heard
  }
}

/** The keys of a variant's nodes over a run; undefined where no key changes, or nothing is encrypted by IPsec. */
export function ipsecKeys(lab: Lab, variant: Variant, seed: number): IpsecKeys | undefined {
  if (variant.cni !== 'cilium' || !usesIpsec(variant.settings) || !lab.faults.some(({ kind }) => kind === 'ipsec-key')) return undefined
  return new IpsecKeys(lab, new WatchDraws(seed), goDurationNs(variant.settings.encryption.ipsec.keyRotationDuration))
}

function nodeKeys(lab: Lab, node: number, draws: WatchDraws, durationNs: number): NodeKeys {
  const { name } = lab.nodes[node]!
  const downtimes = downtimesOf(lab.faults, name, 'cilium-agent')
  const lives = livesBetween(downtimes)
  const loaded = loadedKeys(filesOf(lab, node, draws), lives)
  const phaseNs = draws.of(lab.faults.length, node).unit() * TIMING.cilium.staleKeySeconds * SECOND_NS
  return { loaded, states: statesOf(loaded, lives, durationNs, phaseNs), downtimes }
}

/** A key on its way to a node's agent. */
interface KeyFile extends Key {
  /** When the kubelet knows of it, and gives it to containers that start. */
  readonly toldNs: number
  /** When it has renewed the file of the container that runs. */
  readonly writtenNs: number
}

function filesOf(lab: Lab, node: number, draws: WatchDraws): KeyFile[] {
  const kubelet = downtimesOf(lab.faults, lab.nodes[node]!.name, 'kubelet')
  return lab.faults.flatMap((fault, index): KeyFile[] => {
    if (fault.kind !== 'ipsec-key') return []
    const draw = draws.of(index, node)
    const toldNs = firstUp(kubelet, storedNs(lab, fault.at) + draw.watchNs())
    const writtenNs = firstUp(kubelet, toldNs + draw.unit() * TIMING.kubernetes.volumeSyncSeconds * SECOND_NS)
    return [{ id: fault.id, number: index + 1, toldNs, writtenNs }]
  })
}

/** The keys that an agent takes over in its lives. */
function loadedKeys(files: readonly KeyFile[], lives: readonly Downtime[]): KeySince[] {
  const loaded: KeySince[] = [{ id: FIRST_IPSEC_KEY_ID, number: 0, fromNs: 0 }]
  const written = newestOnly(files.map(({ id, number, writtenNs }) => ({ id, number, fromNs: writtenNs })))
  for (const { fromNs, untilNs } of lives) {
    const found = fromNs === 0 ? undefined : files.findLast(({ toldNs }) => toldNs <= fromNs)
    if (found !== undefined && found.number !== loaded.at(-1)!.number) loaded.push({ id: found.id, number: found.number, fromNs })
    for (const key of written) {
      const { id, number } = loaded.at(-1)!
      if (key.fromNs > fromNs && key.fromNs < untilNs && key.number > number && key.id !== id) loaded.push(key)
    }
  }
  return loaded
}

/** How long the kernel has states of each key: until another of its id takes their place, or it is over. */
function statesOf(loaded: readonly KeySince[], lives: readonly Downtime[], durationNs: number, phaseNs: number): KeyStates[] {
  return loaded.map((key, index) => {
    const later = loaded.slice(index + 1)
    const [next] = later
    if (next === undefined) return { ...key, untilNs: Infinity }
    const again = later.find(({ id }) => id === key.id)?.fromNs ?? Infinity
    return { ...key, untilNs: Math.min(again, reclaimedNs(lives, next.fromNs, durationNs, phaseNs)) }
  })
}

/**
 * When an agent removes what is left of a key that another took the place of: with the first of its looks that finds it over.
 * One that started since knows of no replacement, and counts from its first look (ipSecSPICanBeReclaimed).
 */
function reclaimedNs(lives: readonly Downtime[], replacedNs: number, durationNs: number, phaseNs: number): number {
  const periodNs = TIMING.cilium.staleKeySeconds * SECOND_NS
  for (const { fromNs, untilNs } of lives) {
    if (untilNs <= replacedNs) continue
    const firstLookNs = fromNs === 0 ? phaseNs : fromNs + periodNs
    const overNs = (fromNs > 0 && fromNs >= replacedNs ? firstLookNs : replacedNs) + durationNs
    const lookNs = firstLookNs + Math.max(0, Math.ceil((overNs - firstLookNs) / periodNs)) * periodNs
    if (lookNs < untilNs) return lookNs
  }
  return Infinity
}

/** The key id that two nodes both have: the older one, which is the lower but where ids begin anew. */
function olderId(own: number, other: number): number {
  if (other === LAST_IPSEC_KEY_ID) return own === 1 ? other : own
  if (own === LAST_IPSEC_KEY_ID) return other === 1 ? own : other
  return Math.min(own, other)
}

/** In order of time, without what comes when a newer one is there already. */
function newestOnly(keys: readonly KeySince[]): KeySince[] {
  const inOrder: KeySince[] = []
  for (const key of keys.toSorted((a, b) => a.fromNs - b.fromNs)) {
    if (key.number > (inOrder.at(-1)?.number ?? 0)) inOrder.push(key)
  }
  return inOrder
}

/** The last that holds at a time. Requires: the first holds from the beginning on. */
function lastBy(keys: readonly KeySince[], atNs: number): KeySince {
  return keys.findLast(({ fromNs }) => fromNs <= atNs)!
}
