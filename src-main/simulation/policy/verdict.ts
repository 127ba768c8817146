import {
  actionOfStep,
  decidingStep,
  DIRECTION,
  ruleOfStep,
  stepAllows,
  triedSteps,
  type Direction,
  type Mismatch,
  type PolicyAction,
  type PolicyPacket,
  type Request,
} from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import type { Decision } from './policy-set'
import { protocolNumber } from './protocols'

/** A new connection that policies are asked about. */
export interface Flow {
  /** Numbers of the ends. */
  readonly from: number
  readonly to: number
  /** A name that policies use, or a number. */
  readonly protocol: string | number
  readonly port?: number
  readonly sourcePort?: number
  readonly icmp?: { readonly type: number; readonly code?: number }
  readonly request?: Request
}

/** What one end's policy says, and what decided. */
export interface DirectionVerdict {
  readonly verdict: 'allow' | 'deny'
  readonly by: Decision
  /** Rules that a linear data path tried, the deciding one included; 0 where nothing is enforced. */
  readonly rulesTried: number
  /** Rules of netfilter that Felix renders for these, and for going through their policies. */
  readonly chainRules: number
}

/** What becomes of a connection: both ends must allow it. */
export interface Verdict {
  readonly verdict: 'allow' | 'deny'
  readonly egress: DirectionVerdict
  readonly ingress: DirectionVerdict
}

/** The verdict about a new connection. */
export function verdictOf(policies: CompiledPolicies, flow: Flow): Verdict {
  const egress = directionVerdict(policies, 'egress', flow)
  const ingress = directionVerdict(policies, 'ingress', flow)
  return { verdict: egress.verdict === 'allow' ? ingress.verdict : 'deny', egress, ingress }
}

/** A rule or default that a connection was tried on: what it did, or what of the connection was not as it asks. */
export interface VerdictStep {
  readonly by: Decision
  /** Empty before and behind all tiers. */
  readonly tier: string
  readonly action?: PolicyAction
  readonly mismatch?: Mismatch
}

/** What one end's policy tries for a connection, in order, up to what decides; nothing where nothing is enforced. */
export function verdictSteps({ table, decisions, tiers }: CompiledPolicies, direction: Direction, flow: Flow): VerdictStep[] {
  const [own, peer] = endsOf(direction, flow)
  const list = table.listOf[own * 2 + DIRECTION[direction]]!
  const first = table.listFirst[list]!
  return triedSteps(table, own, direction, packetOf(flow, peer)).map(({ step, ...did }) => ({
    by: decisions[ruleOfStep(table, step)]!,
    tier: tiers[list]!.find(({ end }) => step - first < end)?.name ?? '',
    ...did,
  }))
}

/** The end whose policy is asked, and the other. */
function endsOf(direction: Direction, { from, to }: Flow): readonly [own: number, peer: number] {
  return direction === 'egress' ? [from, to] : [to, from]
}

function packetOf(flow: Flow, peer: number): PolicyPacket {
  return {
    peer,
    protocol: protocolNumber(flow.protocol),
    destinationPort: flow.port ?? -1,
    sourcePort: flow.sourcePort ?? -1,
    icmpType: flow.icmp?.type ?? -1,
    icmpCode: flow.icmp?.code ?? -1,
    ...(flow.request === undefined ? {} : { request: flow.request }),
  }
}

function directionVerdict(policies: CompiledPolicies, direction: Direction, flow: Flow): DirectionVerdict {
  const { table, decisions, cluster } = policies
  const [own, peer] = endsOf(direction, flow)
  const packet = packetOf(flow, peer)
  const step = decidingStep(table, own, direction, packet)
  if (step < 0) {
    const by = policies.unenforced ?? unselected(cluster.endpoints[own]!.kind, direction)
    return { verdict: 'allow', by, rulesTried: 0, chainRules: 0 }
  }
  const full = policies.maps?.answer(own, direction, packet)
  const isAllowed = stepAllows(table, step)
  if (full !== undefined && (full.verdict === 'allow') !== isAllowed) {
    return { verdict: full.verdict, by: { default: full.why }, rulesTried: 1, chainRules: 0 }
  }
  const first = table.listFirst[table.listOf[own * 2 + DIRECTION[direction]]!]!
  return {
    verdict: isAllowed ? 'allow' : 'deny',
    by: decisions[ruleOfStep(table, step)]!,
    rulesTried: Math.max(0, step - first + 1 - policies.implicit[direction]),
    chainRules: countChainRules(policies, first + policies.implicit[direction], step),
  }
}

/**
 * Rules that Felix renders around a policy's own: the jump to its chain, and the return behind it where it accepted
 * (felix/rules/endpoints.go).
 */
const RULES_AROUND_POLICY = 2

/**
 * Rules of netfilter that stand for the steps between two, both included. One that allows or passes is two: the match sets a
 * mark, and the next rule returns where the mark is set; one that denies drops at once (felix/rules/policy.go).
 */
function countChainRules({ table, decisions }: CompiledPolicies, first: number, last: number): number {
  let count = 0
  let current = ''
  for (let step = first; step <= last; step++) {
    const action = actionOfStep(table, step)
    count += action === 'allow' || action === 'pass' ? 2 : 1
    const by = decisions[ruleOfStep(table, step)]!
    const object = 'object' in by ? by.object : current
    if (object !== current) count += RULES_AROUND_POLICY
    current = object
  }
  return count
}

function unselected(kind: 'pod' | 'node' | 'external', direction: Direction): Decision {
  if (kind === 'external') return { default: 'policies do not apply outside the cluster' }
  return { default: `no policy selects this ${kind} for ${direction}` }
}
