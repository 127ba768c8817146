import { SetNumbering, wordsFor, type EndpointSet } from './endpoint-set'
import {
  ACTION,
  ANY,
  DIRECTION,
  PORT,
  PORT_FIELDS,
  RELATION,
  RULE,
  RULE_FIELDS,
  type Direction,
  type HostRelation,
  type PolicyAction,
  type PolicyTable,
} from './policy-table'
import type { RequestMatch } from './request-match'

/** A range of ports as a rule names it. */
export interface PortRange {
  /** IP protocol number; absent: any. */
  readonly protocol?: number
  readonly first: number
  readonly last: number
  /** Ends at which it counts; absent: all. */
  readonly holders?: EndpointSet
}

/** An ICMP type, with or without a code. */
export interface IcmpMatch {
  readonly type: number
  readonly code?: number
}

/** A rule before it becomes columns. What is absent is not asked; an empty list of ranges matches nothing. */
export interface PolicyRule {
  readonly action: PolicyAction
  readonly peers?: EndpointSet
  readonly own?: EndpointSet
  readonly relation?: HostRelation
  readonly protocol?: number
  readonly notProtocol?: number
  readonly ports?: readonly PortRange[]
  readonly notPorts?: readonly PortRange[]
  readonly sourcePorts?: readonly PortRange[]
  readonly notSourcePorts?: readonly PortRange[]
  readonly icmp?: IcmpMatch
  readonly notIcmp?: IcmpMatch
  readonly request?: RequestMatch
}

/** A step of a list: a rule by number, and how many steps further a packet goes on that the rule passes. */
export interface PolicyStep {
  readonly rule: number
  /** Offset in the list of the step behind the tier. */
  readonly passTo: number
}

/** Builds a {@link PolicyTable}. Equal sets are stored once. */
export class PolicyTableBuilder {
  private readonly hostOf: Int32Array
  private readonly listOf: Int32Array
  private readonly words: number
  private readonly numbering = new SetNumbering()
  private readonly rules: number[] = []
  private readonly ports: number[] = []
  private readonly requests: RequestMatch[] = []
  private readonly listFirst: number[] = [0]
  private readonly steps: number[] = []

  /** `hostOf`: per endpoint the number of its host, −1 for hosts outside the cluster. */
  constructor(hostOf: readonly number[]) {
    this.hostOf = Int32Array.from(hostOf)
    this.listOf = new Int32Array(hostOf.length * 2).fill(ANY)
    this.words = wordsFor(hostOf.length)
  }

  /** Adds a rule and returns its number. */
  addRule(rule: PolicyRule): number {
    const row: number[] = Array.from({ length: RULE_FIELDS }, () => ANY)
    row[RULE.action] = ACTION[rule.action]
    row[RULE.peers] = this.setNumber(rule.peers)
    row[RULE.own] = this.setNumber(rule.own)
    row[RULE.relation] = RELATION[rule.relation ?? 'any']
    row[RULE.protocol] = rule.protocol ?? ANY
    row[RULE.notProtocol] = rule.notProtocol ?? ANY
    this.addRanges(row, RULE.ports, rule.ports)
    this.addRanges(row, RULE.notPorts, rule.notPorts)
    this.addRanges(row, RULE.sourcePorts, rule.sourcePorts)
    this.addRanges(row, RULE.notSourcePorts, rule.notSourcePorts)
    row[RULE.icmpType] = rule.icmp?.type ?? ANY
    row[RULE.icmpCode] = rule.icmp?.code ?? ANY
    row[RULE.notIcmpType] = rule.notIcmp?.type ?? ANY
    row[RULE.notIcmpCode] = rule.notIcmp?.code ?? ANY
    row[RULE.request] = rule.request === undefined ? ANY : this.requests.push(rule.request) - 1
    row[RULE.never] = rule.ports?.length === 0 || rule.sourcePorts?.length === 0 ? 1 : 0
    this.rules.push(...row)
    return this.rules.length / RULE_FIELDS - 1
  }

  /** Adds a list and returns its number. Requires: its last step's rule always decides. */
  addList(steps: readonly PolicyStep[]): number {
    const first = this.listFirst.at(-1)!
    for (const { rule, passTo } of steps) this.steps.push(rule, first + passTo)
    this.listFirst.push(first + steps.length)
    return this.listFirst.length - 2
  }

  /** Has an endpoint enforce a list in a direction. */
  enforce(endpoint: number, direction: Direction, list: number): void {
    this.listOf[endpoint * 2 + DIRECTION[direction]] = list
  }

  /** The table that readers take. */
  finish(): PolicyTable {
    const sets = new Uint32Array(this.numbering.sets.length * this.words)
    this.numbering.sets.forEach((set, index) => sets.set(set, index * this.words))
    return {
      endpointCount: this.hostOf.length,
      setWords: this.words,
      sets,
      hostOf: this.hostOf,
      listOf: this.listOf,
      listFirst: Int32Array.from(this.listFirst),
      steps: Int32Array.from(this.steps),
      rules: Int32Array.from(this.rules),
      ports: Int32Array.from(this.ports),
      requests: this.requests,
    }
  }

  private setNumber(set: EndpointSet | undefined): number {
    return set === undefined ? ANY : this.numbering.of(set)
  }

  private addRanges(row: number[], field: number, ranges: readonly PortRange[] | undefined): void {
    row[field] = this.ports.length / PORT_FIELDS
    row[field + 1] = ranges?.length ?? 0
    for (const { protocol, first, last, holders } of ranges ?? []) {
      const range = Array.from({ length: PORT_FIELDS }, () => ANY)
      range[PORT.protocol] = protocol ?? ANY
      range[PORT.first] = first
      range[PORT.last] = last
      range[PORT.holders] = this.setNumber(holders)
      this.ports.push(...range)
    }
  }
}
