import { hasEndpoint } from './endpoint-set'
import {
  ACTION,
  ACTION_NAMES,
  ANY,
  DIRECTION,
  PORT,
  PORT_FIELDS,
  RELATION,
  RULE,
  RULE_FIELDS,
  STEP_FIELDS,
  type Direction,
  type PolicyAction,
  type PolicyTable,
} from './policy-table'
import { matchesRequest, type Request } from './request-match'

/** What policy sees of the first packet of a connection, from the endpoint that enforces it. */
export interface PolicyPacket {
  /** The other end. */
  readonly peer: number
  /** IP protocol number. */
  readonly protocol: number
  /** −1 for protocols without ports, which no range of ports matches. */
  readonly destinationPort: number
  readonly sourcePort: number
  /** −1 unless the packet is ICMP. */
  readonly icmpType: number
  readonly icmpCode: number
  /** A request inside the connection; without one, rules about requests match the connection that could carry it. */
  readonly request?: Request
}

/**
 * The step of an endpoint's list that decides about a packet; −1 where nothing is enforced on the endpoint. The steps
 * from the list's first to this one are what a linear data path tries.
 */
export function decidingStep(table: PolicyTable, endpoint: number, direction: Direction, packet: PolicyPacket): number {
  const list = table.listOf[endpoint * 2 + DIRECTION[direction]]!
  if (list < 0) return -1
  const end = table.listFirst[list + 1]!
  let step = table.listFirst[list]!
  while (step < end) {
    const rule = ruleOfStep(table, step) * RULE_FIELDS
    if (matches(table, rule, endpoint, direction, packet)) {
      const action = table.rules[rule + RULE.action]!
      if (action <= ACTION.deny) return step
      step = action === ACTION.pass ? table.steps[step * STEP_FIELDS + 1]! : step + 1
    } else {
      step++
    }
  }
  throw new Error('A policy list ends without a verdict')
}

/** What of a packet is not as a rule asks. */
export type Mismatch = 'peer' | 'own' | 'node' | 'protocol' | 'port' | 'source-port' | 'icmp' | 'request'

/** A step that was tried: what its rule did, or why it did not match. */
export interface TriedStep {
  readonly step: number
  readonly action?: PolicyAction
  readonly mismatch?: Mismatch
}

/** The steps that are tried for a packet, in order, up to the one that decides; none where nothing is enforced. */
export function triedSteps(table: PolicyTable, endpoint: number, direction: Direction, packet: PolicyPacket): TriedStep[] {
  const list = table.listOf[endpoint * 2 + DIRECTION[direction]]!
  const tried: TriedStep[] = []
  if (list < 0) return tried
  let step = table.listFirst[list]!
  while (step < table.listFirst[list + 1]!) {
    const rule = ruleOfStep(table, step) * RULE_FIELDS
    const mismatch = mismatchOf(table, rule, endpoint, direction, packet)
    if (mismatch !== undefined) {
      tried.push({ step, mismatch })
      step++
      continue
    }
    const action = ACTION_NAMES[table.rules[rule + RULE.action]!]!
    tried.push({ step, action })
    if (action === 'allow' || action === 'deny') break
    step = action === 'pass' ? table.steps[step * STEP_FIELDS + 1]! : step + 1
  }
  return tried
}

/** The rule of a step. */
export function ruleOfStep(table: PolicyTable, step: number): number {
  return table.steps[step * STEP_FIELDS]!
}

/** What a step's rule does where it matches. */
export function actionOfStep(table: PolicyTable, step: number): PolicyAction {
  return ACTION_NAMES[table.rules[ruleOfStep(table, step) * RULE_FIELDS + RULE.action]!]!
}

/** Whether a deciding step allows; so does −1, where nothing is enforced. */
export function stepAllows(table: PolicyTable, step: number): boolean {
  return step < 0 || actionOfStep(table, step) === 'allow'
}

function matches(table: PolicyTable, rule: number, own: number, direction: Direction, packet: PolicyPacket): boolean {
  return mismatchOf(table, rule, own, direction, packet) === undefined
}

/** The first thing that a rule (given by its first number) asks and a packet is not; undefined where the rule matches. */
function mismatchOf(table: PolicyTable, rule: number, own: number, direction: Direction, packet: PolicyPacket): Mismatch | undefined {
  const { rules } = table
  if (rules[rule + RULE.never] !== 0) return 'port'
  const protocol = rules[rule + RULE.protocol]!
  if (protocol !== ANY && protocol !== packet.protocol) return 'protocol'
  const notProtocol = rules[rule + RULE.notProtocol]!
  if (notProtocol !== ANY && notProtocol === packet.protocol) return 'protocol'
  if (!inSet(table, rules[rule + RULE.peers]!, packet.peer)) return 'peer'
  if (!inSet(table, rules[rule + RULE.own]!, own)) return 'own'
  if (!related(table, rules[rule + RULE.relation]!, own, packet.peer)) return 'node'
  const destination = direction === 'ingress' ? own : packet.peer
  const source = direction === 'ingress' ? packet.peer : own
  const { protocol: spoken, destinationPort, sourcePort } = packet
  if (!portsMatch(table, rule, RULE.ports, RULE.notPorts, spoken, destinationPort, destination)) return 'port'
  if (!portsMatch(table, rule, RULE.sourcePorts, RULE.notSourcePorts, spoken, sourcePort, source)) return 'source-port'
  if (!matchesIcmp(rules, rule, packet)) return 'icmp'
  return matchesRequests(table, rules[rule + RULE.request]!, packet.request) ? undefined : 'request'
}

/** Whether an endpoint is in a set given by number. */
export function inSet(table: PolicyTable, set: number, endpoint: number): boolean {
  return set === ANY || hasEndpoint(table.sets, endpoint, set * table.setWords)
}

/** Whether two endpoints' hosts are related as asked. */
export function related({ hostOf }: PolicyTable, relation: number, own: number, peer: number): boolean {
  if (relation === RELATION.any) return true
  return (hostOf[own] === hostOf[peer]) === (relation === RELATION.sameHost)
}

/** Whether a port of an end is in one of a rule's wanted ranges, if it has any, and in none of the unwanted ones. */
function portsMatch(
  table: PolicyTable,
  rule: number,
  wanted: number,
  unwanted: number,
  protocol: number,
  port: number,
  end: number,
): boolean {
  const { rules } = table
  const within = (field: number): boolean => anyRange(table, rules[rule + field]!, rules[rule + field + 1]!, protocol, port, end)
  return (rules[rule + wanted + 1] === 0 || within(wanted)) && (rules[rule + unwanted + 1] === 0 || !within(unwanted))
}

/** Whether any of a number of ranges holds a port at an end. */
export function anyRange(
  table: PolicyTable,
  first: number,
  count: number,
  protocol: number,
  port: number,
  end: number,
): boolean {
  const { ports } = table
  for (let range = first * PORT_FIELDS; range < (first + count) * PORT_FIELDS; range += PORT_FIELDS) {
    const wanted = ports[range + PORT.protocol]!
    if (wanted !== ANY && wanted !== protocol) continue
    if (port < ports[range + PORT.first]! || port > ports[range + PORT.last]!) continue
    if (inSet(table, ports[range + PORT.holders]!, end)) return true
  }
  return false
}

function matchesIcmp(rules: Int32Array, rule: number, { icmpType, icmpCode }: PolicyPacket): boolean {
  const type = rules[rule + RULE.icmpType]!
  const code = rules[rule + RULE.icmpCode]!
  if (type !== ANY && (type !== icmpType || (code !== ANY && code !== icmpCode))) return false
  const notType = rules[rule + RULE.notIcmpType]!
  const notCode = rules[rule + RULE.notIcmpCode]!
  return notType === ANY || notType !== icmpType || (notCode !== ANY && notCode !== icmpCode)
}

function matchesRequests(table: PolicyTable, index: number, request: Request | undefined): boolean {
  return index === ANY || request === undefined || matchesRequest(table.requests[index]!, request)
}
