import type { DropReason } from '#shared/plan/index'

import { step, type Path, type Pass, type Step } from '../cni/common/index'
import type { DirectionVerdict, Verdict } from '../policy/index'
import { PathEdits } from './path-edit'
import type { ProgramEnd } from './program-compiler'

/** The ways of a flow's opening direction with the policies on them. */
export interface EnforcedPaths {
  readonly transmit: { readonly path: Path; readonly end: ProgramEnd }
  /** Undefined where the packet stays on its host. */
  readonly receive: { readonly path: Path; readonly end: ProgramEnd } | undefined
}

/** Ways of a trip. */
interface TripPaths {
  readonly transmit: Path
  readonly receive: Path | undefined
}

/** A place on a path. */
interface Place {
  readonly pass: number
  readonly step: number
}

/**
 * Stages in which a pod's policies are looked at: what it sends in the first of them on its way out, what it gets in the
 * last of them on its way in. Cilium looks into its map whatever the number of rules; that is part of its programs' costs.
 */
export const ENFORCING: Readonly<Record<'egress' | 'ingress', readonly Step['stage'][]>> = {
  egress: ['nf-forward', 'nf-input', 'bpf-from-workload', 'bpf-from-container'],
  ingress: [
    'nf-forward', 'bpf-to-workload', 'bpf-from-tunnel', 'bpf-from-host-endpoint', 'bpf-from-workload', 'bpf-to-container',
    'bpf-from-overlay', 'bpf-from-netdev',
  ],
}

/** Stages in which rules are tried one by one: chains of netfilter, or a program made of the rules. */
type RuleStage = 'nf-policy' | 'bpf-policy'

/** The stage that trying rules one by one is, by the stage that calls for it; none where a map is asked instead. */
const RULE_STAGE: Partial<Record<Step['stage'], RuleStage>> = {
  'nf-forward': 'nf-policy',
  'nf-input': 'nf-policy',
  'bpf-from-workload': 'bpf-policy',
  'bpf-to-workload': 'bpf-policy',
  'bpf-from-tunnel': 'bpf-policy',
  'bpf-from-host-endpoint': 'bpf-policy',
}

/**
 * Puts the policies that decided about a connection on its way: what trying their rules costs its first packet, and where
 * a packet that is denied ends. Paths that come out equal are the same object, so that they make one program.
 */
export class PolicySteps {
  private readonly edits = new PathEdits()

  /** The ways of a connection with a verdict. */
  enforce({ transmit, receive }: TripPaths, verdict: Verdict): EnforcedPaths {
    const onWayOut = this.withPolicy(transmit, 'egress', verdict.egress)
    const transmitEnd: ProgramEnd = receive === undefined ? 'socket' : 'nic'
    const denied = reasonOf(verdict.egress)
    if (denied !== undefined) {
      return { transmit: { path: onWayOut, end: { drop: denied } }, receive: receive && { path: receive, end: 'socket' } }
    }
    const refused = reasonOf(verdict.ingress)
    const end = (otherwise: ProgramEnd): ProgramEnd => (refused === undefined ? otherwise : { drop: refused })
    if (receive === undefined) {
      return { transmit: { path: this.withPolicy(onWayOut, 'ingress', verdict.ingress), end: end(transmitEnd) }, receive: undefined }
    }
    const onWayIn = this.withPolicy(receive, 'ingress', verdict.ingress)
    return { transmit: { path: onWayOut, end: transmitEnd }, receive: { path: onWayIn, end: end('socket') } }
  }

  /**
   * The ways of answers, which no policy is asked about as long as their connection is remembered. `unknown`: what policies say
   * about a connection that their sender would open.
   */
  guardAnswers({ transmit, receive }: TripPaths, unknown: Verdict): TripPaths {
    const leaving = this.denyingUnknown(transmit, 'egress', reasonOf(unknown.egress))
    const refused = reasonOf(unknown.ingress)
    if (receive === undefined) return { transmit: this.denyingUnknown(leaving, 'ingress', refused), receive }
    return { transmit: leaving, receive: this.denyingUnknown(receive, 'ingress', refused) }
  }

  private denyingUnknown(path: Path, direction: 'egress' | 'ingress', reason: DropReason | undefined): Path {
    const place = reason === undefined ? undefined : enforcingPlace(path, direction)
    if (reason === undefined || place === undefined) return path
    return this.edits.edit(path, `${direction} unknown ${reason}`, () =>
      path.map((pass, at) =>
        at !== place.pass
          ? pass
          : { ...pass, steps: pass.steps.map((each, index) => (index === place.step ? { ...each, deniesUnknown: reason } : each)) },
      ),
    )
  }

  private withPolicy(path: Path, direction: 'egress' | 'ingress', verdict: DirectionVerdict): Path {
    const isDenied = verdict.verdict === 'deny'
    const { rulesTried, chainRules } = verdict
    if (rulesTried === 0 && !isDenied) return path
    return this.edits.edit(path, `${direction} ${rulesTried} ${chainRules} ${isDenied}`, () =>
      insertRules(path, direction, { 'nf-policy': chainRules, 'bpf-policy': rulesTried }, isDenied),
    )
  }
}

/** Of a direction that is not asked about on a part of the way. */
export const NOT_ASKED: DirectionVerdict = { verdict: 'allow', by: { default: 'not asked here' }, rulesTried: 0, chainRules: 0 }

/** What policies say about what leaves a pod; what arrives, they are not asked about. */
export function onlyLeaving({ egress }: Verdict): Verdict {
  return { verdict: egress.verdict, egress, ingress: NOT_ASKED }
}

/** Why a packet ends: a rule says so, or none allows it. */
function reasonOf({ verdict, by }: DirectionVerdict): DropReason | undefined {
  if (verdict === 'allow') return undefined
  return 'default' in by ? 'policy-default-deny' : 'policy-deny'
}

function insertRules(path: Path, direction: 'egress' | 'ingress', rules: Readonly<Record<RuleStage, number>>, isDenied: boolean): Path {
  const place = enforcingPlace(path, direction)
  // A plugin that enforces somewhere has the stage on all its pods' ways.
  if (place === undefined) throw new Error(`No stage of the path enforces ${direction} policy`)
  const pass = path[place.pass]!
  const enforcing = pass.steps[place.step]!
  const stage = RULE_STAGE[enforcing.stage]
  const trying: Step[] = stage === undefined ? [] : [{ ...step(stage, enforcing.device), times: rules[stage] }]
  const after = isDenied ? [] : pass.steps.slice(place.step + 1)
  const changed: Pass = { ...pass, steps: [...pass.steps.slice(0, place.step + 1), ...trying, ...after] }
  return [...path.slice(0, place.pass), changed, ...(isDenied ? [] : path.slice(place.pass + 1))]
}

function enforcingPlace(path: Path, direction: 'egress' | 'ingress'): Place | undefined {
  const places = path.flatMap(({ steps }, pass) =>
    steps.flatMap((candidate, index) => (isEnforcing(candidate, direction) ? [{ pass, step: index }] : [])),
  )
  return direction === 'egress' ? places[0] : places.at(-1)
}

function isEnforcing({ stage, outer }: Step, direction: 'egress' | 'ingress'): boolean {
  return outer !== true && ENFORCING[direction].includes(stage)
}
