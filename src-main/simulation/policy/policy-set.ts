import type { EndpointSet, PolicyRule } from '#shared/lookup/policy/index'
import type { IpBlock } from '#shared/units/index'

/** What decided: a rule of an object, or a default where no rule did. */
export type Decision =
  | {
      /** `NetworkPolicy shop/backend`. */
      readonly object: string
      /** `spec.ingress[0]`. */
      readonly rule: string
    }
  | { readonly default: string }

/** A rule and where it stands. */
export interface SourcedRule {
  readonly match: PolicyRule
  readonly by: Decision
  /** Peers that it picks beside those in its set: anybody with such an address, in the lab or not. */
  readonly outside?: OutsidePeers
  /** Whether a packet that it passes goes on behind all tiers of the stage, not behind its own tier only. */
  readonly leavesStage?: boolean
}

/** Peers that a rule picks by their address or as what is outside the cluster. */
export interface OutsidePeers {
  readonly ranges: readonly { readonly block: IpBlock; readonly except: readonly IpBlock[] }[]
  /** Whatever is outside; whoever it is. */
  readonly world: boolean
  readonly everybody: boolean
}

/** One object's (or one spec's) part in one direction. */
export interface DirectionPolicy {
  /** `NetworkPolicy shop/backend`; absent for what no object says. */
  readonly object?: string
  /** Endpoints that it applies to. */
  readonly subjects: EndpointSet
  /** Whether its tier's default holds for its subjects where no rule of the tier matches. */
  readonly isolates: boolean
  readonly rules: readonly SourcedRule[]
}

/** Policies that are tried one after another, and what holds for the endpoints they select when none matched. */
export interface PolicyTier {
  readonly name: string
  /** Tiers in a row with the same name of a stage can be left together. */
  readonly stage?: string
  /** The packets that its default is about; all where absent. */
  readonly scope?: Omit<PolicyRule, 'action'>
  readonly policies: readonly DirectionPolicy[]
  /** What becomes of a packet that reached the end of the tier on an endpoint that a policy of it isolates. */
  readonly unmatched: 'deny' | 'pass'
  readonly unmatchedBy: Decision
}

/** All policies of one direction. */
export interface DirectionPolicies {
  /** Rules before all tiers, on every endpoint that enforces anything. */
  readonly before: readonly SourcedRule[]
  readonly tiers: readonly PolicyTier[]
  /** What decides where no tier did. */
  readonly unselectedBy: Decision
}

/** What a dialect makes of a cluster's objects. */
export interface PolicySet {
  readonly ingress: DirectionPolicies
  readonly egress: DirectionPolicies
}
