import { addEndpoint, type EndpointSet } from './endpoint-set'
import { join, matchingPeers } from './peer-reader'
import { ruleOfStep } from './policy-reader'
import { ACTION, ANY, PORT, PORT_FIELDS, RULE, RULE_FIELDS, STEP_FIELDS, type Direction, type PolicyTable } from './policy-table'

/** Connections that the rules of a list do not tell apart: of a protocol, to ports from `port` to `lastPort`. */
export interface ConnectionKind {
  readonly protocol: number
  /** −1 for protocols without ports. */
  readonly port: number
  readonly lastPort: number
}

/** An endpoint's policy as all connections of one protocol and destination port meet it. */
export interface CoverageQuestion extends ConnectionKind {
  /** An endpoint that enforces the list. */
  readonly endpoint: number
  readonly list: number
  readonly direction: Direction
}

/** What a step finds: the peers that its rule matches, and those of them that nothing before it decided about. */
export type StepVisit = (step: number, rule: number, matched: EndpointSet, left: EndpointSet) => void

/** Ports that protocols of transport have, highest. */
const LAST_PORT = 65_535

/**
 * Walks lists of steps for all peers at once. A rule that asks for more than ends, protocol and destination port (source
 * ports, ICMP types, requests) takes nobody out of what is left, for it decides about a part of their connections only.
 */
export class CoverageWalk {
  private readonly table: PolicyTable
  /** Everybody. */
  private readonly all: EndpointSet

  constructor(table: PolicyTable) {
    this.table = table
    this.all = new Uint32Array(table.setWords)
    for (let endpoint = 0; endpoint < table.endpointCount; endpoint++) addEndpoint(this.all, endpoint)
  }

  /**
   * Visits the steps of a list whose rules match anybody, but for those of rules that `leaveOut` marks. The sets that a visit
   * is given are its own only while it lasts.
   */
  forEach(question: CoverageQuestion, leaveOut: Uint8Array, visit: StepVisit): void {
    const first = this.table.listFirst[question.list]!
    this.run(question, leaveOut, first, this.all.slice(), visit)
  }

  /**
   * What gives all of `peers` the verdict of an action from `step` on, whatever else their connections are: the rules that
   * decide; undefined where some may get another verdict.
   */
  settledBy(question: CoverageQuestion, leaveOut: Uint8Array, step: number, peers: EndpointSet, wanted: number): readonly number[] | undefined {
    const deciding: number[] = []
    const others: number[] = []
    this.run(question, leaveOut, step, peers.slice(), (_, rule, __, left) => {
      const action = this.action(rule)
      if (action === ACTION.log || isEmpty(left)) return
      if (action === wanted) deciding.push(rule)
      else if (action !== ACTION.pass || this.isPartial(rule)) others.push(rule)
    })
    return others.length === 0 ? deciding : undefined
  }

  /** What a rule does, a number of `ACTION`. */
  action(rule: number): number {
    return this.table.rules[rule * RULE_FIELDS + RULE.action]!
  }

  /** Whether a rule asks for more than ends, protocol and destination port. */
  isPartial(rule: number): boolean {
    const { rules } = this.table
    const at = rule * RULE_FIELDS
    return rules[at + RULE.sourcePortCount] !== 0 || rules[at + RULE.notSourcePortCount] !== 0 ||
      rules[at + RULE.icmpType] !== ANY || rules[at + RULE.notIcmpType] !== ANY || rules[at + RULE.request] !== ANY
  }

  /**
   * For each protocol that the rules of a list tell from others, the stretches of ports that they do not tell apart; −1
   * stands for the ports of a protocol without.
   */
  kindsOfConnections(list: number, transports: readonly number[]): ConnectionKind[] {
    const { table } = this
    const protocols = new Set<number>(transports)
    const bounds = new Set<number>([0])
    for (let step = table.listFirst[list]!; step < table.listFirst[list + 1]!; step++) {
      const rule = ruleOfStep(table, step) * RULE_FIELDS
      for (const field of [RULE.protocol, RULE.notProtocol]) if (table.rules[rule + field] !== ANY) protocols.add(table.rules[rule + field]!)
      for (const field of [RULE.ports, RULE.notPorts]) {
        const from = table.rules[rule + field]!
        for (let range = from * PORT_FIELDS; range < (from + table.rules[rule + field + 1]!) * PORT_FIELDS; range += PORT_FIELDS) {
          bounds.add(table.ports[range + PORT.first]!)
          if (table.ports[range + PORT.last]! < LAST_PORT) bounds.add(table.ports[range + PORT.last]! + 1)
          if (table.ports[range + PORT.protocol] !== ANY) protocols.add(table.ports[range + PORT.protocol]!)
        }
      }
    }
    // One that no rule names stands for all of those.
    let other = 0
    while (protocols.has(other)) other++
    const ports = [...bounds].sort((a, b) => a - b)
    return [...protocols, other].flatMap((protocol) =>
      transports.includes(protocol)
        ? ports.map((port, index) => ({ protocol, port, lastPort: (ports[index + 1] ?? LAST_PORT + 1) - 1 }))
        : [{ protocol, port: -1, lastPort: -1 }])
  }

  private run(question: CoverageQuestion, leaveOut: Uint8Array, from: number, undecided: Uint32Array, visit: StepVisit): void {
    const { table } = this
    const matched = new Uint32Array(table.setWords)
    const left = new Uint32Array(table.setWords)
    const { endpoint, list, direction, protocol, port } = question
    const waiting = new Map<number, Uint32Array>()
    for (let step = from; step < table.listFirst[list + 1]!; step++) {
      join(undecided, waiting.get(step))
      const rule = ruleOfStep(table, step)
      if (leaveOut[rule] === 1 || !matchingPeers(table, rule * RULE_FIELDS, endpoint, direction, protocol, port, matched)) continue
      for (let word = 0; word < left.length; word++) {
        matched[word]! &= this.all[word]!
        left[word] = matched[word]! & undecided[word]!
      }
      visit(step, rule, matched, left)
      const action = this.action(rule)
      if (action === ACTION.log || this.isPartial(rule)) continue
      for (let word = 0; word < left.length; word++) undecided[word]! &= ~left[word]!
      if (action !== ACTION.pass) continue
      const target = table.steps[step * STEP_FIELDS + 1]!
      const joined = waiting.get(target) ?? new Uint32Array(table.setWords)
      join(joined, left)
      waiting.set(target, joined)
    }
  }
}

/** Whether a set holds nobody. */
export function isEmpty(set: EndpointSet): boolean {
  return set.every((word) => word === 0)
}
