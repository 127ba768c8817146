import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

/** Timers of a speaker, seconds. */
export interface BgpTimers {
  /** Proposed hold time; a session has the smaller of both ends'. 0: no hold timer, no keepalives. */
  readonly hold: number
  /** Between keepalives; a third of the negotiated hold time where that is less. */
  readonly keepalive: number
  /** Before the first attempt to connect. */
  readonly connectDelay: number
  /** After an attempt that got no answer. */
  readonly connectRetry: number
  /** Least and most wait after an error, doubled each time. */
  readonly errorWait: readonly [number, number]
  /** How long peers are asked to keep routes over a restart. */
  readonly gracefulRestart: number
}

/** BIRD's defaults (bird2-doc, BGP options), which switches run here. */
export const BIRD_TIMERS: BgpTimers = {
  hold: 240,
  keepalive: 80,
  connectDelay: 5,
  connectRetry: 120,
  errorWait: [60, 300],
  gracefulRestart: 120,
}

/** What Calico configures instead (confd/templates/bird.cfg.template). */
export const CALICO_TIMERS: BgpTimers = { ...BIRD_TIMERS, connectDelay: 2, connectRetry: 5, errorWait: [5, 30] }

/** Seconds without an error after which the wait begins at its least again (BIRD: error forget time). */
export const ERROR_FORGET_SECONDS = 300

/** A BGP speaker: a node or a switch. */
export interface SpeakerConfig {
  readonly name: string
  readonly routerId: Ipv4Address
  readonly asn: number
  readonly interfaces: readonly SpeakerInterface[]
  /** Own blocks: blackhole routes that are announced. */
  readonly blocks: readonly Ipv4Prefix[]
  /** Addresses in use out of other nodes' blocks, announced one by one. */
  readonly borrowed: readonly Ipv4Address[]
  readonly peers: readonly PeerConfig[]
  /** Where the host's default route leads; next hops off its subnets are reached through it. */
  readonly defaultGateway?: Ipv4Address
  /** Announces the subnets of its interfaces, and whatever it learns: a router. Nodes announce what lies in pools only. */
  readonly isRouter: boolean
  /** Ranges whose routes a node announces; those with `exported: false` it keeps to itself (disableBGPExport). */
  readonly pools: readonly { readonly cidr: Ipv4Prefix; readonly exported: boolean }[]
  /** Next hops outside its subnets are reached through a tunnel device (IPIP), not through a gateway. */
  readonly tunnelled: boolean
  /** Writes the routes of pools into the kernel; with VXLAN that is Felix' business. */
  readonly programsPools: boolean
  readonly timers: BgpTimers
  readonly gracefulRestart: boolean
  /** Communities put on own prefixes, by the range they lie in (prefixAdvertisements). */
  readonly communities: readonly { readonly cidr: Ipv4Prefix; readonly values: readonly number[] }[]
}

/** An interface of a speaker, on a segment that others are on too. */
export interface SpeakerInterface {
  /** Number of the segment. */
  readonly segment: number
  readonly address: Ipv4Address
  readonly prefix: Ipv4Prefix
}

/** A neighbour as a speaker has it configured. */
export interface PeerConfig {
  readonly address: Ipv4Address
  readonly asn: number
  /** Own address of the session. */
  readonly source: Ipv4Address
  /** Waits for the other to connect. */
  readonly passive: boolean
  /** The neighbour is a client of this reflector, which is in this cluster. */
  readonly clusterId?: Ipv4Address
  /** Offers ADD-PATH both ways. */
  readonly addPath: boolean
  /** Bound to the interface: ends when that loses its carrier, and next hops have to be on its subnet. */
  readonly direct: boolean
  /** Puts its own address as next hop, on all routes or on those learned from other AS. */
  readonly nextHopSelf: 'no' | 'always' | 'external'
  /** Leaves the next hop as it is, even to another AS (nextHopMode Keep). */
  readonly nextHopKeep: boolean
  /** How often the own AS may be in a received path. */
  readonly allowLocalAs: number
  /** Own values for this neighbour. */
  readonly keepaliveSeconds?: number
  readonly gracefulRestartSeconds?: number
  /** Must be the same at both ends: TCP drops what is not signed with it. */
  readonly password?: string
  /** Detects the loss of the path in interval × multiplier. */
  readonly bfd?: { readonly intervalSeconds: number; readonly multiplier: number }
  readonly importFilter: readonly PrefixRule[]
  readonly exportFilter: readonly PrefixRule[]
}

/** A rule of a BGPFilter: the first that matches decides; without a match the route goes on to the plugin's own filter. */
export interface PrefixRule {
  /** What it asks of the prefix; absent where it asks nothing. */
  readonly match?: { readonly operator: 'Equal' | 'NotEqual' | 'In' | 'NotIn'; readonly cidr: Ipv4Prefix }
  /** Least and most length of the prefix. */
  readonly lengths: readonly [number, number]
  /** Matches only what neighbours told (`source: RemotePeers`). */
  readonly learnedOnly: boolean
  readonly action: 'Accept' | 'Reject'
}

/** Something that happens to speakers or links. */
export type BgpEvent =
  /** The process ends: killed, so that the kernel closes its connections, or shut down in order. Kernel routes stay. */
  | { readonly kind: 'agent-kill' | 'agent-stop'; readonly speaker: number }
  /** The process starts again; `recover`: it keeps the kernel's routes until it has learned its own (graceful restart). */
  | { readonly kind: 'agent-start'; readonly speaker: number; readonly recover: boolean }
  /** The whole host ends without a word, and comes back. */
  | { readonly kind: 'host-crash' | 'host-return'; readonly speaker: number }
  /** What is between speakers changed: interfaces lost or got their carrier, or paths are open or not. */
  | { readonly kind: 'network'; readonly apply: () => void }
  /** A speaker's configuration gets or loses a neighbour; until it has it, neither end's attempts come to anything. */
  | { readonly kind: 'peer-config'; readonly speaker: number; readonly peer: Ipv4Address; readonly present: boolean }
  /** A speaker's configuration gets or loses a block of its own. */
  | { readonly kind: 'own-block'; readonly speaker: number; readonly block: Ipv4Prefix; readonly present: boolean }
  /** One end closes a session with Cease, and it comes back. */
  | { readonly kind: 'session-reset'; readonly speaker: number; readonly peer: Ipv4Address }
