import type { RequestMatch } from './request-match'

/**
 * Network policy in its compiled form: for each endpoint and direction a list of steps that are tried in order; the first
 * whose rule matches decides. All dialects compile to this. Numbers of endpoints, sets, rules and steps are dense.
 */
export interface PolicyTable {
  readonly endpointCount: number
  /** Words that a set takes in `sets`. */
  readonly setWords: number
  /** Sets of endpoints, one behind the other. */
  readonly sets: Uint32Array
  /** Per endpoint: number of the host it is on; −1 for hosts outside the cluster. */
  readonly hostOf: Int32Array
  /** Per endpoint, twice: its list for ingress, its list for egress; −1: nothing is enforced there. */
  readonly listOf: Int32Array
  /** Steps of list l: `listFirst[l] … listFirst[l + 1] − 1`. A list ends with a step that always decides. */
  readonly listFirst: Int32Array
  /** Per step: its rule, and the step to go on with when the rule passes. */
  readonly steps: Int32Array
  /** {@link RULE_FIELDS} numbers a rule, at the offsets of {@link RULE}. */
  readonly rules: Int32Array
  /** {@link PORT_FIELDS} numbers a range of ports, at the offsets of {@link PORT}. */
  readonly ports: Int32Array
  /** What rules ask of requests inside a connection. */
  readonly requests: readonly RequestMatch[]
}

/** Direction in which an endpoint's policy applies, and its column in `listOf`. */
export const DIRECTION = { ingress: 0, egress: 1 } as const

/** A direction by name. */
export type Direction = keyof typeof DIRECTION

/** What a matching rule does: end with a verdict, go on behind the tier, or write a log entry and go on. */
export const ACTION = { allow: 0, deny: 1, pass: 2, log: 3 } as const

/** An action by name. */
export type PolicyAction = keyof typeof ACTION

/** The actions by their numbers. */
export const ACTION_NAMES = Object.keys(ACTION) as readonly PolicyAction[]

/** How the peer's host must relate to the endpoint's own. */
export const RELATION = { any: 0, sameHost: 1, otherHost: 2 } as const

/** A relation by name. */
export type HostRelation = keyof typeof RELATION

/** Where a number means "anything". */
export const ANY = -1

/** Offsets in a rule. Sets, protocols, ICMP types and requests may be {@link ANY}. */
export const RULE = {
  action: 0,
  /** Set that the other end must be in. */
  peers: 1,
  /** Set that the endpoint itself must be in. */
  own: 2,
  relation: 3,
  protocol: 4,
  /** Protocol that the packet must not have. */
  notProtocol: 5,
  /** Ranges of destination ports, at least one of which must match: first and count; count 0: any port. */
  ports: 6,
  portCount: 7,
  /** Ranges of destination ports of which none may match. */
  notPorts: 8,
  notPortCount: 9,
  sourcePorts: 10,
  sourcePortCount: 11,
  notSourcePorts: 12,
  notSourcePortCount: 13,
  icmpType: 14,
  icmpCode: 15,
  notIcmpType: 16,
  notIcmpCode: 17,
  request: 18,
  /** 1 where the rule matches nothing, whatever the packet: it stays in the list, for it is tried all the same. */
  never: 19,
} as const

/** Numbers that a rule takes. */
export const RULE_FIELDS = 20

/** Offsets in a range of ports. */
export const PORT = {
  /** Protocol that the packet must have, or {@link ANY}. */
  protocol: 0,
  first: 1,
  /** Last port, inclusive. */
  last: 2,
  /** Set that the port's end of the connection must be in (a named port is another number on each pod), or {@link ANY}. */
  holders: 3,
} as const

/** Numbers that a range of ports takes. */
export const PORT_FIELDS = 4

/** Numbers that a step takes in `steps`. */
export const STEP_FIELDS = 2

/** IP protocol numbers (IANA) that policies name. */
export const IP_PROTOCOLS = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132, UDPLite: 136 } as const
