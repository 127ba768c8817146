import { z } from 'zod'

import type { Problem } from '../lab/problem'
import { result } from './call'
import { maximumDocumentLength } from './document'

/** Protocols that pods are asked by. */
export const reachProtocols = ['TCP', 'UDP', 'SCTP'] as const

export type ReachProtocol = (typeof reachProtocols)[number]

/** What a row and a column of the matrix stand for. */
export const reachLevels = ['pod', 'workload', 'namespace'] as const

export type ReachLevel = (typeof reachLevels)[number]

const asked = {
  text: z.string().max(maximumDocumentLength),
  by: z.enum(reachLevels),
  protocol: z.enum(reachProtocols),
  /** The port that every pod is asked at; where absent, its own first of the protocol, or 8080. */
  port: z.int().min(1).max(65_535).exactOptional(),
}

const variantName = z.string().min(1).max(253)
const unitId = z.string().min(1).max(512)

/** The verbs about policies, as entries of the contract. */
export const reachCalls = {
  /**
   * Who may connect to whom in one variant, or in two that are compared. Error codes: `lab.invalid` with `problems`;
   * `reach.unknown-variant`; `reach.failed` where the reading broke down; `reach.stopped` where somebody had enough of waiting.
   */
  reachLab: [z.strictObject({ ...asked, variants: z.array(variantName).min(1).max(2) }), result<Reach>()],
  /** What decides between two units of the matrix, variant by variant. The same errors, and `reach.unknown-unit`. */
  explainReach: [
    z.strictObject({ ...asked, variants: z.array(variantName).min(1).max(2), from: unitId, to: unitId }),
    result<readonly ReachExplanation[]>(),
  ],
  /**
   * What a proposal would change about who may connect to whom in a variant: its staged policies enforced, or another text of
   * the lab with the same pods. The same errors as `reachLab`, and `reach.other-pods`.
   */
  reachImpact: [
    z.strictObject({
      ...asked,
      variant: variantName,
      proposal: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('staged') }),
        z.strictObject({ kind: z.literal('draft'), text: z.string().max(maximumDocumentLength) }),
      ]),
    }),
    result<ReachImpact>(),
  ],
  /**
   * What a policy decides about connections between workloads, or namespaces, and hosts outside, or what all policies decide
   * where none is named. The same errors as `reachLab`.
   */
  policyArrows: [
    z.strictObject({ text: asked.text, variant: variantName, by: z.enum(['workload', 'namespace']), policy: z.string().min(1).max(600).exactOptional() }),
    result<PolicyArrows>(),
  ],
  /** What in the lab's policies never decides anything, and what is not as the API server takes it; empty for labs with errors. */
  checkPolicies: [z.strictObject({ text: asked.text }), result<readonly Problem[]>()],
  /** Gives up the questions about policies that are not answered yet, checks aside: their error code is `reach.stopped`. */
  stopReach: [z.undefined(), result<null>()],
} as const

/** What policies decide, as arrows between things. */
export interface PolicyArrows {
  /** Who reads policies; null where nobody does. */
  readonly dialect: VariantVerdicts['dialect']
  /** What is allowed first, and at most a few hundred. */
  readonly arrows: readonly PolicyArrow[]
  readonly total: number
}

/** Connections that policies decide about. */
export interface PolicyArrow {
  /** `workload:shop/cart`, `namespace:shop` or `external:client`. */
  readonly from: string
  readonly to: string
  /** `deny`: nothing between them is allowed by the policies asked about. */
  readonly verdict: 'allow' | 'deny'
  /** `TCP 5432, 8000–8080`; `any port` where it is about all of TCP, UDP and SCTP. */
  readonly ports: string
}

/** What is proposed in the place of the policies as they are. */
export type ReachProposal = { readonly kind: 'staged' } | { readonly kind: 'draft'; readonly text: string }

/** What a proposal would change in a variant. */
export interface ReachImpact {
  readonly variant: string
  /** Staged policies that would be enforced, with what becomes of the policy of their name; empty for drafts. */
  readonly staged: readonly { readonly staged: string; readonly object: string; readonly change: 'added' | 'replaced' | 'removed' }[]
  /** Traffic entries of which connections would be allowed or denied that are not now. */
  readonly traffic: readonly (ReachChange & { readonly name: string; readonly connections: number })[]
  /** Units between which pairs of pods would be; the first of them, `pairCount` in all. */
  readonly pairs: readonly (ReachChange & { readonly from: string; readonly to: string })[]
  readonly pairCount: number
}

/** Pairs of ends that would be allowed or denied and are not now, with the first of them as the example. */
export interface ReachChange {
  readonly becomes: 'allowed' | 'denied'
  readonly pairs: number
  readonly before: ReachOutcome
  readonly after: ReachOutcome
}

/** A matrix of verdicts. */
export interface Reach {
  /** Rows and columns, in the lab's order. */
  readonly units: readonly ReachUnit[]
  /**
   * Per unit: its class. Units of a class have equal cells with all other units, in all variants asked about, so that
   * thousands of pods take as many bytes as there are kinds of them, squared.
   */
  readonly classOf: Uint32Array
  /** How many classes there are. */
  readonly classes: number
  /** Policy objects in the lab, whoever reads them. */
  readonly policyObjects: number
  /** In the order in which they were asked for. */
  readonly variants: readonly VariantVerdicts[]
  /** Bits of `DIRECTION_BITS` for each cell in which two variants differ about any pair of pods; absent for one variant. */
  readonly differs?: ReachCells
}

/** A byte for each two units; `cellAt` finds it. */
export interface ReachCells {
  /** For each class of units that connect and class of units that are connected to, row by row. */
  readonly between: Uint8Array
  /** For each unit and itself: what holds among its own pods. */
  readonly own: Uint8Array
}

/** The byte for two units. */
export function cellAt({ classOf, classes }: Pick<Reach, 'classOf' | 'classes'>, { between, own }: ReachCells, from: number, to: number): number {
  return from === to ? own[from]! : between[classOf[from]! * classes + classOf[to]!]!
}

/** A row and a column of the matrix. */
export interface ReachUnit {
  /** `namespace/pod`, `namespace/workload`, or the namespace. */
  readonly id: string
  readonly pods: number
}

/** What a variant's plugin makes of the lab's policies. */
export interface VariantVerdicts {
  readonly variant: string
  /** Who reads policies; null where nobody does. */
  readonly dialect: 'kubernetes' | 'calico' | 'cilium' | null
  /** What holds between units; see `cellState`. */
  readonly cells: ReachCells
  readonly traffic: readonly TrafficVerdicts[]
  /** Policy objects that change nothing here. */
  readonly idle: readonly IdleObject[]
}

/** What becomes of a traffic entry's connections. */
export interface TrafficVerdicts {
  readonly name: string
  readonly outcomes: Outcomes
}

/** A policy object that changes nothing: the API server refuses it, or the plugin does not read it. */
export interface IdleObject {
  readonly object: string
  readonly reason: string
  readonly isRefused: boolean
}

/** What decides between two units in one variant. */
export interface ReachExplanation {
  readonly variant: string
  readonly outcomes: Outcomes
}

/** What was found between pairs of ends, alike ones together. */
export interface Outcomes {
  /** Pairs of ends that there are, and how many of them were looked at. */
  readonly pairs: number
  readonly looked: number
  /** The most frequent first. */
  readonly outcomes: readonly ReachOutcome[]
}

/** A verdict that a number of pairs share, with one of them as the example. */
export interface ReachOutcome {
  readonly pairs: number
  readonly from: string
  readonly to: string
  readonly protocol: string
  /** Absent for protocols without ports. */
  readonly port?: number
  readonly verdict: 'allow' | 'deny'
  readonly egress: ReachDecision
  readonly ingress: ReachDecision
}

/** What one end's policy says. */
export interface ReachDecision {
  readonly verdict: 'allow' | 'deny'
  readonly by: ReachSource
  /** Rules that a linear data path tries, the deciding one included. */
  readonly rulesTried: number
  /** What is tried, in order, up to what decides; the first hundred. Empty where nothing is enforced. */
  readonly steps: readonly ReachStep[]
}

/** The rule of an object, or the default where no rule decides. */
export type ReachSource = { readonly object: string; readonly rule: string } | { readonly default: string }

/** One rule or default that is tried. */
export interface ReachStep {
  readonly by: ReachSource
  /** The tier that it is in; absent for what stands before and behind all tiers. */
  readonly tier?: string
  /** What the rule asks for, as YAML on one line; absent for defaults. */
  readonly asks?: string
  /** Which of the rule's peers matched, where it names several: `from[1] {podSelector: …}`. */
  readonly matched?: string
  /** What a rule that matches does; `skip` where it does not match, and `why` says what is not as it asks. */
  readonly does: 'allow' | 'deny' | 'pass' | 'log' | 'skip'
  readonly why?: ReachMismatch
}

/** What of a connection is not as a rule asks; the first that is found. */
export const reachMismatches = ['peer', 'own', 'node', 'protocol', 'port', 'source-port', 'icmp', 'request'] as const

export type ReachMismatch = (typeof reachMismatches)[number]

/** What a cell is asked about: the policy of the end that connects, of the end that is connected to, or both. */
export const reachDirections = ['both', 'egress', 'ingress'] as const

export type ReachDirection = (typeof reachDirections)[number]

/** Bit of a direction in `Reach.differs`; in cells each direction has two bits, in the same order. */
export const DIRECTION_BITS: Readonly<Record<ReachDirection, number>> = { both: 0, egress: 1, ingress: 2 }

/** By a direction's two bits (1: some pair is allowed, 2: some pair is denied): what holds for a cell. */
const CELL_STATES = ['none', 'allow', 'deny', 'some'] as const

/** `some`: of several pairs of pods some are allowed; `none`: there is no pair of two pods. */
export type CellState = (typeof CELL_STATES)[number]

/** What a byte of `cells` says about a direction. */
export function cellState(cell: number, direction: ReachDirection): CellState {
  return CELL_STATES[(cell >> (2 * DIRECTION_BITS[direction])) & 3]!
}

/** Whether a byte of `differs` marks a direction. */
export function isDifferent(differs: number, direction: ReachDirection): boolean {
  return ((differs >> DIRECTION_BITS[direction]) & 1) === 1
}
