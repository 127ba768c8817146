import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

/** Message types (RFC 4271, section 4.1). */
export const BGP_TYPE = { open: 1, update: 2, notification: 3, keepalive: 4 } as const

/** TCP port of BGP. */
export const BGP_PORT = 179

/** Bytes of the header: marker 16, length 2, type 1. */
export const BGP_HEADER_BYTES = 19

/** Longest message (RFC 4271, section 4). */
export const BGP_MAX_BYTES = 4096

/** Stands in the two-octet field for an AS number that does not fit (RFC 6793). */
export const AS_TRANS = 23_456

/** A message, decoded. */
export type BgpMessage = BgpOpen | BgpUpdate | BgpNotification | BgpKeepalive

/** Opens a session. */
export interface BgpOpen {
  readonly kind: 'open'
  readonly asn: number
  /** Seconds; 0 or at least 3. */
  readonly holdSeconds: number
  readonly identifier: Ipv4Address
  /** In the order sent, all in one optional parameter. */
  readonly capabilities: readonly BgpCapability[]
}

/** What a speaker can do (RFC 5492). */
export type BgpCapability =
  /** Multiprotocol extensions (RFC 4760); 1/1 is IPv4 unicast. */
  | { readonly kind: 'multiprotocol'; readonly afi: number; readonly safi: number }
  | { readonly kind: 'route-refresh' }
  /** RFC 4724. `forwarding`: state was kept over the restart. */
  | {
      readonly kind: 'graceful-restart'
      readonly restarted: boolean
      readonly restartSeconds: number
      readonly families: readonly { readonly afi: number; readonly safi: number; readonly forwarding: boolean }[]
    }
  /** Four-octet AS numbers (RFC 6793). */
  | { readonly kind: 'four-octet-as'; readonly asn: number }
  /** ADD-PATH (RFC 7911): 1 receive, 2 send, 3 both. */
  | {
      readonly kind: 'add-path'
      readonly families: readonly { readonly afi: number; readonly safi: number; readonly mode: 1 | 2 | 3 }[]
    }
  | { readonly kind: 'enhanced-route-refresh' }
  /** Long-lived graceful restart (RFC 9494); without families it says only that the peer's is understood. */
  | {
      readonly kind: 'long-lived-graceful-restart'
      readonly families: readonly {
        readonly afi: number
        readonly safi: number
        readonly forwarding: boolean
        readonly staleSeconds: number
      }[]
    }
  | { readonly kind: 'other'; readonly code: number; readonly value: Uint8Array }

/** A route in an UPDATE: the prefix and, on a session with ADD-PATH, the path's identifier. */
export interface BgpRoute {
  readonly prefix: Ipv4Prefix
  readonly pathId?: number
}

/** Announces and withdraws routes. An UPDATE with nothing in it is the End-of-RIB marker (RFC 4724). */
export interface BgpUpdate {
  readonly kind: 'update'
  readonly withdrawn: readonly BgpRoute[]
  /** Absent where nothing is announced. */
  readonly attributes?: BgpAttributes
  readonly announced: readonly BgpRoute[]
}

/** ORIGIN (RFC 4271, section 4.3). */
export const BGP_ORIGIN = { igp: 0, egp: 1, incomplete: 2 } as const

/** A segment of an AS path. */
export interface AsPathSegment {
  readonly kind: 'set' | 'sequence'
  readonly asns: readonly number[]
}

/** Path attributes. Absent ones are not on the wire. */
export interface BgpAttributes {
  readonly origin: number
  readonly asPath: readonly AsPathSegment[]
  readonly nextHop: Ipv4Address
  readonly med?: number
  readonly localPref?: number
  /** Each `asn · 65536 + value` (RFC 1997). */
  readonly communities?: readonly number[]
  /** RFC 4456. */
  readonly originatorId?: Ipv4Address
  readonly clusterList?: readonly Ipv4Address[]
  /** Attributes that are not understood, kept as they came, by type. */
  readonly others?: readonly { readonly flags: number; readonly type: number; readonly value: Uint8Array }[]
}

/** Ends a session with a reason (RFC 4271, section 4.5; Cease: RFC 4486). */
export interface BgpNotification {
  readonly kind: 'notification'
  readonly code: number
  readonly subcode: number
  readonly data: Uint8Array
}

/** Says that the speaker lives. */
export interface BgpKeepalive {
  readonly kind: 'keepalive'
}

/** Error codes of NOTIFICATION that are sent here. */
export const BGP_ERROR = {
  header: 1,
  open: 2,
  update: 3,
  holdTimerExpired: 4,
  finiteStateMachine: 5,
  cease: 6,
} as const

/** Subcodes of Cease (RFC 4486). */
export const BGP_CEASE = { administrativeShutdown: 2, connectionCollision: 7 } as const

/** What is wrong with a message, as the NOTIFICATION in answer says it. */
export class BgpMessageError extends Error {
  readonly code: number
  readonly subcode: number

  constructor(code: number, subcode: number, message: string) {
    super(message)
    this.name = 'BgpMessageError'
    this.code = code
    this.subcode = subcode
  }
}
