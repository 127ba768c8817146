import type { EndpointSet } from './endpoint-set'
import { anyRange, inSet, related, ruleOfStep } from './policy-reader'
import {
  ACTION,
  ANY,
  DIRECTION,
  PORT,
  PORT_FIELDS,
  RELATION,
  RULE,
  RULE_FIELDS,
  STEP_FIELDS,
  type Direction,
  type PolicyTable,
} from './policy-table'

/** What makes a difference between endpoints that enforce one list: being in a set, or their host. */
type OwnTrait = { readonly set: number } | 'host'

/**
 * Answers which of a number of peers policies allow, all at once: what `decidingStep` answers for each of them, in time
 * proportional to rules × words of a set. Endpoints that enforce one list and that its rules do not tell apart share their
 * answer, the same object. ICMP types and source ports count as absent, so that rules that name them match nothing.
 */
export class PeerReader {
  private readonly table: PolicyTable
  private readonly among: EndpointSet
  /** Per rule: whether it could match any of the peers. */
  private readonly matters: Uint8Array
  private readonly traits = new Map<number, readonly OwnTrait[]>()
  private readonly classes = new Map<string, number>()
  /** Per class: an endpoint of it. */
  private readonly examples: number[] = []
  private readonly answers = new Map<string, EndpointSet>()

  /** `among`: the peers that are asked about; answers hold no others. */
  constructor(table: PolicyTable, among: EndpointSet) {
    this.table = table
    this.among = among
    const { rules, sets, setWords } = table
    this.matters = Uint8Array.from({ length: rules.length / RULE_FIELDS }, (_, rule) => {
      const peers = rules[rule * RULE_FIELDS + RULE.peers]!
      return peers === ANY || among.some((word, index) => (word & sets[peers * setWords + index]!) !== 0) ? 1 : 0
    })
  }

  /**
   * The number of an endpoint's class in a direction: what its policy says, it says for all of the class. −1 where nothing is
   * enforced on it.
   */
  classOf(endpoint: number, direction: Direction): number {
    const list = this.table.listOf[endpoint * 2 + DIRECTION[direction]]!
    if (list < 0) return -1
    const key = `${direction} ${list} ${this.signature(list, endpoint, direction)}`
    const known = this.classes.get(key)
    if (known !== undefined) return known
    this.classes.set(key, this.examples.length)
    return this.examples.push(endpoint) - 1
  }

  /** The peers to or from which a class's policy allows connections of a protocol and destination port. */
  allowedOf(ofClass: number, direction: Direction, protocol: number, port: number): EndpointSet {
    if (ofClass < 0) return this.among
    const key = `${ofClass} ${protocol} ${port}`
    let answer = this.answers.get(key)
    if (answer === undefined) {
      const endpoint = this.examples[ofClass]!
      answer = this.evaluate(this.table.listOf[endpoint * 2 + DIRECTION[direction]]!, endpoint, direction, protocol, port)
      this.answers.set(key, answer)
    }
    return answer
  }

  /** The peers to or from which an endpoint's policy allows connections of a protocol and destination port. */
  allowed(endpoint: number, direction: Direction, protocol: number, port: number): EndpointSet {
    return this.allowedOf(this.classOf(endpoint, direction), direction, protocol, port)
  }

  private signature(list: number, endpoint: number, direction: Direction): string {
    let traits = this.traits.get(list)
    if (traits === undefined) {
      traits = this.traitsOf(list, direction)
      this.traits.set(list, traits)
    }
    return traits
      .map((trait) => (trait === 'host' ? this.table.hostOf[endpoint]! : inSet(this.table, trait.set, endpoint) ? '+' : '-'))
      .join(' ')
  }

  private traitsOf(list: number, direction: Direction): OwnTrait[] {
    const { listFirst, rules, ports } = this.table
    const sets = new Set<number>()
    let asksHost = false
    for (let step = listFirst[list]!; step < listFirst[list + 1]!; step++) {
      const number = ruleOfStep(this.table, step)
      if (this.matters[number] === 0) continue
      const rule = number * RULE_FIELDS
      if (rules[rule + RULE.relation] !== RELATION.any) asksHost = true
      sets.add(rules[rule + RULE.own]!)
      if (direction === 'egress') continue
      for (const field of [RULE.ports, RULE.notPorts]) {
        const first = rules[rule + field]!
        for (let range = first; range < first + rules[rule + field + 1]!; range++) {
          sets.add(ports[range * PORT_FIELDS + PORT.holders]!)
        }
      }
    }
    sets.delete(ANY)
    return [...Array.from(sets, (set) => ({ set })), ...(asksHost ? (['host'] as const) : [])]
  }

  private evaluate(list: number, endpoint: number, direction: Direction, protocol: number, port: number): EndpointSet {
    const { table, among } = this
    const { setWords, listFirst } = table
    const allowed = new Uint32Array(setWords)
    const undecided = among.slice()
    // Peers that a rule passed wait for the end of its tier.
    const waiting = new Map<number, Uint32Array>()
    const matched = new Uint32Array(setWords)
    for (let step = listFirst[list]!; step < listFirst[list + 1]!; step++) {
      join(undecided, waiting.get(step))
      const rule = ruleOfStep(table, step)
      const action = table.rules[rule * RULE_FIELDS + RULE.action]!
      if (this.matters[rule] === 0 || action === ACTION.log) continue
      if (asksMore(table, rule * RULE_FIELDS) || !matchingPeers(table, rule * RULE_FIELDS, endpoint, direction, protocol, port, matched)) continue
      for (let word = 0; word < setWords; word++) {
        matched[word]! &= undecided[word]!
        undecided[word]! &= ~matched[word]!
        if (action === ACTION.allow) allowed[word]! |= matched[word]!
      }
      if (action === ACTION.pass) {
        const target = table.steps[step * STEP_FIELDS + 1]!
        const joined = waiting.get(target) ?? new Uint32Array(setWords)
        join(joined, matched)
        waiting.set(target, joined)
      }
    }
    return allowed
  }
}

/** Adds a set's members to another. */
export function join(set: Uint32Array, more: Uint32Array | undefined): void {
  if (more === undefined) return
  for (let word = 0; word < set.length; word++) set[word]! |= more[word]!
}

/** Whether a rule (given by its first number) asks for a source port or an ICMP type, which no peer is asked with here. */
function asksMore({ rules }: PolicyTable, rule: number): boolean {
  return rules[rule + RULE.sourcePortCount] !== 0 || rules[rule + RULE.icmpType] !== ANY
}

/**
 * Fills `into` with the peers that a rule (given by its first number) matches, as far as protocol, destination port and ends
 * say; false where it can match none.
 */
export function matchingPeers(
  table: PolicyTable,
  rule: number,
  own: number,
  direction: Direction,
  protocol: number,
  destinationPort: number,
  into: Uint32Array,
): boolean {
  const { rules, sets, setWords } = table
  if (rules[rule + RULE.never] !== 0) return false
  const wanted = rules[rule + RULE.protocol]!
  if (wanted !== ANY && wanted !== protocol) return false
  if (rules[rule + RULE.notProtocol] === protocol) return false
  if (!inSet(table, rules[rule + RULE.own]!, own)) return false
  const peers = rules[rule + RULE.peers]!
  if (peers === ANY) into.fill(0xffffffff)
  else into.set(sets.subarray(peers * setWords, (peers + 1) * setWords))
  keepRelated(table, rules[rule + RULE.relation]!, own, into)
  for (const [first, keeps] of [[RULE.ports, true], [RULE.notPorts, false]] as const) {
    const count = rules[rule + first + 1]!
    if (count === 0) continue
    if (direction === 'egress') keepHolders(table, rules[rule + first]!, count, protocol, destinationPort, keeps, into)
    else if (anyRange(table, rules[rule + first]!, count, protocol, destinationPort, own) !== keeps) return false
  }
  return true
}

/** Takes the peers out whose host is not related as asked. */
function keepRelated(table: PolicyTable, relation: number, own: number, set: Uint32Array): void {
  if (relation === RELATION.any) return
  for (let word = 0; word < set.length; word++) {
    for (let left = set[word]!; left !== 0; left &= left - 1) {
      const bit = 31 - Math.clz32(left & -left)
      const peer = word * 32 + bit
      if (peer >= table.endpointCount || !related(table, relation, own, peer)) set[word]! &= ~(1 << bit)
    }
  }
}

/** Keeps (or takes out) the peers at which a port is in one of the ranges. */
function keepHolders(
  table: PolicyTable,
  first: number,
  count: number,
  protocol: number,
  port: number,
  keeps: boolean,
  set: Uint32Array,
): void {
  const { ports, sets, setWords } = table
  const matching = new Uint32Array(setWords)
  for (let range = first * PORT_FIELDS; range < (first + count) * PORT_FIELDS; range += PORT_FIELDS) {
    const wanted = ports[range + PORT.protocol]!
    if (wanted !== ANY && wanted !== protocol) continue
    if (port < ports[range + PORT.first]! || port > ports[range + PORT.last]!) continue
    const holders = ports[range + PORT.holders]!
    for (let word = 0; word < setWords; word++) {
      matching[word]! |= holders === ANY ? 0xffffffff : sets[holders * setWords + word]!
    }
  }
  for (let word = 0; word < setWords; word++) set[word]! &= keeps ? matching[word]! : ~matching[word]!
}
