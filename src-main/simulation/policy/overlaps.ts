import {
  ACTION,
  ACTION_NAMES,
  CoverageWalk,
  isEmpty,
  ruleOfStep,
  type CoverageQuestion,
  type EndpointSet,
  type PolicyAction,
} from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import { coverageQuestions } from './coverage-questions'
import type { Decision } from './policy-set'

/**
 * A rule of an object without which every verdict about the cluster's ends would be the same. One that says what a default
 * would say anyway is none: it is written for people.
 */
export interface Overlap {
  /** `shadowed`: what it matches is always decided before it; `redundant`: it decides, and what stands behind it would decide the same. */
  readonly kind: 'shadowed' | 'redundant'
  readonly object: string
  /** `spec.ingress[0]`. */
  readonly rule: string
  readonly action: PolicyAction
  /** What decides in its place. */
  readonly because: readonly Decision[]
  /** The rules of the table that it was compiled to. */
  readonly compiled: readonly number[]
}

/**
 * The rules that never matter, exact about the ends that there are and all protocols and ports; a rule about source ports,
 * ICMP types or requests counts as one that may leave others their part. All that are found may be taken away together.
 */
export function findOverlaps(policies: CompiledPolicies): Overlap[] {
  return new OverlapFinder(policies).find()
}

/** A rule as its object has it: it may be compiled to several. */
interface Source {
  readonly object: string
  readonly rule: string
  readonly compiled: number[]
}

class OverlapFinder {
  private readonly policies: CompiledPolicies
  private readonly walk: CoverageWalk
  /** A question for each class of ends, protocol and stretch of ports. */
  private readonly questions: readonly CoverageQuestion[]
  private readonly sources: readonly Source[]
  /** Per rule of the table: its source; absent for defaults. */
  private readonly sourceOf: readonly (Source | undefined)[]
  /** Rules that are taken away: marked with 1. */
  private readonly leaveOut: Uint8Array

  constructor(policies: CompiledPolicies) {
    this.policies = policies
    this.walk = new CoverageWalk(policies.table)
    this.questions = coverageQuestions(policies, this.walk)
    const sources = new Map<string, Source>()
    this.sourceOf = policies.decisions.map((by, rule) => {
      if ('default' in by) return undefined
      const key = `${by.object}\n${by.rule}`
      const source = sources.get(key) ?? { object: by.object, rule: by.rule, compiled: [] }
      source.compiled.push(rule)
      sources.set(key, source)
      return source
    })
    this.sources = [...sources.values()]
    this.leaveOut = new Uint8Array(policies.decisions.length)
  }

  find(): Overlap[] {
    const shadowed = this.shadowed()
    for (const { compiled } of shadowed) this.mark(compiled, 1)
    return [...shadowed, ...this.redundant()]
  }

  /** Rules that match somebody and of whom nobody is left to them. */
  private shadowed(): Overlap[] {
    const matching = new Set<Source>()
    const deciding = new Set<Source>()
    for (const question of this.questions) {
      this.walk.forEach(question, this.leaveOut, (_, rule, matched, left) => {
        const source = this.sourceOf[rule]
        if (source === undefined || deciding.has(source)) return
        if (!isEmpty(left)) deciding.add(source)
        else if (!isEmpty(matched)) matching.add(source)
      })
    }
    const found = this.sources.filter((source) => matching.has(source) && !deciding.has(source))
    const covers = this.coversOf(new Set(found))
    return found.map((source) => this.overlap('shadowed', source, covers.get(source)!))
  }

  /** The rules that decide about what shadowed ones match. */
  private coversOf(shadowed: ReadonlySet<Source>): ReadonlyMap<Source, ReadonlySet<number>> {
    const covers = new Map(Array.from(shadowed, (source) => [source, new Set<number>()] as const))
    const lists = this.listsOf(Array.from(shadowed, ({ compiled }) => compiled).flat())
    for (const question of this.questions.filter(({ list }) => lists.has(list))) {
      const decided: { readonly rule: number; readonly peers: EndpointSet }[] = []
      this.walk.forEach(question, this.leaveOut, (_, rule, matched, left) => {
        const cover = covers.get(this.sourceOf[rule]!)
        if (cover === undefined) decided.push({ rule, peers: left.slice() })
        else for (const before of decided) if (meet(before.peers, matched)) cover.add(before.rule)
      })
    }
    return covers
  }

  /** Rules that decide, and behind which others decide the same. Each is looked at without those found before it. */
  private redundant(): Overlap[] {
    const candidates = this.candidates()
    return this.sources.flatMap((source) => {
      if (!candidates.has(source)) return []
      const because = this.replacedBy(source)
      if (because === undefined || Array.from(because).some((rule) => this.sourceOf[rule] === undefined)) return []
      this.mark(source.compiled, 1)
      return [this.overlap('redundant', source, because)]
    })
  }

  /** Rules that could each alone be taken away. */
  private candidates(): Set<Source> {
    const needed = new Set<Source>()
    const deciding = new Set<Source>()
    for (const question of this.questions) {
      this.walk.forEach(question, this.leaveOut, (step, rule, _, left) => {
        const source = this.sourceOf[rule]
        if (source === undefined || needed.has(source) || isEmpty(left)) return
        deciding.add(source)
        if (this.without(source, () => this.settled(question, step, rule, left)) === undefined) needed.add(source)
      })
    }
    return new Set([...deciding].filter((source) => !needed.has(source)))
  }

  /** What decides in place of a rule; undefined where that gives other verdicts. */
  private replacedBy(source: Source): ReadonlySet<number> | undefined {
    const because = new Set<number>()
    const lists = this.listsOf(source.compiled)
    for (const question of this.questions.filter(({ list }) => lists.has(list))) {
      const replaced: (readonly number[] | undefined)[] = []
      this.walk.forEach(question, this.leaveOut, (step, rule, _, left) => {
        if (this.sourceOf[rule] !== source || isEmpty(left)) return
        replaced.push(this.without(source, () => this.settled(question, step, rule, left)))
      })
      for (const settled of replaced) {
        if (settled === undefined) return undefined
        for (const other of settled) because.add(other)
      }
    }
    return because
  }

  /** The rules behind a step that give those left to it its own verdict; undefined for rules that give none. */
  private settled(question: CoverageQuestion, step: number, rule: number, left: EndpointSet): readonly number[] | undefined {
    const action = this.walk.action(rule)
    return action > ACTION.deny ? undefined : this.walk.settledBy(question, this.leaveOut, step + 1, left, action)
  }

  private without<Found>({ compiled }: Source, find: () => Found): Found {
    this.mark(compiled, 1)
    const found = find()
    this.mark(compiled, 0)
    return found
  }

  private mark(rules: readonly number[], value: number): void {
    for (const rule of rules) this.leaveOut[rule] = value
  }

  private listsOf(rules: readonly number[]): ReadonlySet<number> {
    const wanted = new Set(rules)
    const { table } = this.policies
    const lists = new Set<number>()
    for (let list = 0; list + 1 < table.listFirst.length; list++) {
      for (let step = table.listFirst[list]!; step < table.listFirst[list + 1]!; step++) {
        if (wanted.has(ruleOfStep(table, step))) lists.add(list)
      }
    }
    return lists
  }

  private overlap(kind: Overlap['kind'], { object, rule, compiled }: Source, because: ReadonlySet<number>): Overlap {
    const { decisions } = this.policies
    const inOrder = [...because].sort((a, b) => a - b)
    const distinct = new Map(Array.from(inOrder, (number) => [JSON.stringify(decisions[number]), decisions[number]!] as const))
    return { kind, object, rule, action: ACTION_NAMES[this.walk.action(compiled[0]!)]!, because: [...distinct.values()], compiled }
  }
}

function meet(a: EndpointSet, b: EndpointSet): boolean {
  return a.some((word, index) => (word & b[index]!) !== 0)
}
