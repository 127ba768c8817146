import { addEndpoint, hasEndpoint, PeerReader, SetNumbering, type Direction, type EndpointSet } from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import { protocolNumber } from './protocols'

/** Who of a number of ends may talk to whom. */
export interface ReachMatrix {
  /** Ends by number, in groups that policy treats alike: equal rows and equal columns. */
  readonly groups: readonly (readonly number[])[]
  /** Whether the ends of group `from` may open connections to those of group `to`. */
  readonly allowed: (from: number, to: number) => boolean
  /** Whether the policies of one side alone let them: of group `from` at its egress, of group `to` at its ingress. */
  readonly allows: (direction: Direction, from: number, to: number) => boolean
}

/**
 * The verdicts between all pairs of ends. `portOf` an end is the port at which it is asked. An end's own pair counts like
 * any other: who decides about a group decides about its members.
 */
export function reachMatrix(
  { table }: CompiledPolicies,
  ends: readonly number[],
  protocol: string,
  portOf: (end: number) => number,
): ReachMatrix {
  const spoken = protocolNumber(protocol)
  const among = setOf(ends, table.setWords)
  const reader = new PeerReader(table, among)
  const byPort = new Map<number, EndpointSet>()
  for (const end of ends) {
    const port = portOf(end)
    const holders = byPort.get(port) ?? new Uint32Array(table.setWords)
    addEndpoint(holders, end)
    byPort.set(port, holders)
  }
  const inbound = ends.map((end) => reader.allowed(end, 'ingress', spoken, portOf(end)))
  const merged = new Map<number, EndpointSet>()
  const outbound = ends.map((end) => {
    const ofClass = reader.classOf(end, 'egress')
    const known = merged.get(ofClass)
    if (known !== undefined) return known
    const answers = Array.from(byPort.keys(), (port) => reader.allowedOf(ofClass, 'egress', spoken, port))
    const answer = answers.length === 1 ? answers[0]! : mergePorts(answers, [...byPort.values()], table.setWords)
    merged.set(ofClass, answer)
    return answer
  })
  const groups = groupAlike(ends, outbound, inbound)
  const position = new Map(ends.map((end, index) => [end, index]))
  const rows = groups.map(([end]) => outbound[position.get(end!)!]!)
  const columns = groups.map(([end]) => inbound[position.get(end!)!]!)
  const allows: ReachMatrix['allows'] = (direction, from, to) =>
    direction === 'egress' ? hasEndpoint(rows[from]!, groups[to]![0]!) : hasEndpoint(columns[to]!, groups[from]![0]!)
  return { groups, allows, allowed: (from, to) => allows('egress', from, to) && allows('ingress', from, to) }
}

function setOf(ends: readonly number[], words: number): EndpointSet {
  const set = new Uint32Array(words)
  for (const end of ends) addEndpoint(set, end)
  return set
}

/** Of the peers allowed at each port, those that are asked at it. */
function mergePorts(answers: readonly EndpointSet[], holders: readonly EndpointSet[], words: number): EndpointSet {
  const merged = new Uint32Array(words)
  answers.forEach((answer, port) => {
    const asked = holders[port]!
    for (let word = 0; word < words; word++) merged[word]! |= answer[word]! & asked[word]!
  })
  return merged
}

/**
 * Ends with equal rows and equal columns. A row is what an end's own policy lets through; columns are told apart by
 * splitting groups by each row in turn, of equal ones once.
 */
function groupAlike(ends: readonly number[], outbound: readonly EndpointSet[], inbound: readonly EndpointSet[]): number[][] {
  const contents = new SetNumbering()
  const numbers = new Map<EndpointSet, number>()
  const numberOf = (set: EndpointSet): number => {
    const known = numbers.get(set) ?? contents.of(set)
    numbers.set(set, known)
    return known
  }
  const rows = new Map<string, number>()
  const classes = Int32Array.from(ends, (_, index) => {
    const key = `${numberOf(outbound[index]!)} ${numberOf(inbound[index]!)}`
    const known = rows.get(key) ?? rows.size
    rows.set(key, known)
    return known
  })
  const remap = new Int32Array(ends.length * 2)
  for (const set of contents.sets) split(classes, ends, set, remap)
  const groups: number[][] = []
  classes.forEach((id, index) => {
    const group = (groups[id] ??= [])
    group.push(ends[index]!)
  })
  return groups
}

/** Gives ends of one class that a set holds and those that it does not hold different classes, numbered from 0. */
function split(classes: Int32Array, ends: readonly number[], set: EndpointSet, remap: Int32Array): void {
  remap.fill(-1)
  let count = 0
  for (let index = 0; index < classes.length; index++) {
    const key = classes[index]! * 2 + (hasEndpoint(set, ends[index]!) ? 1 : 0)
    if (remap[key]! < 0) remap[key] = count++
    classes[index] = remap[key]!
  }
}
