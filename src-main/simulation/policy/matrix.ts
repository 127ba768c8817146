import { allowedPeers, hasEndpoint } from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import { protocolNumber } from './protocols'

/** Who of a number of ends may talk to whom. */
export interface ReachMatrix {
  /** Ends by number, in groups that policy treats alike: equal rows and equal columns. */
  readonly groups: readonly (readonly number[])[]
  /** Whether the ends of group `from` may open connections to those of group `to`. */
  readonly allowed: (from: number, to: number) => boolean
}

/**
 * The verdicts between all pairs of ends, in time proportional to ends × rules × words of a set. `portOf` an end is the
 * port at which it is asked. An end's own pair counts like any other: who decides about a group decides about its members.
 */
export function reachMatrix(
  { table }: CompiledPolicies,
  ends: readonly number[],
  protocol: string,
  portOf: (end: number) => number,
): ReachMatrix {
  const spoken = protocolNumber(protocol)
  const inbound = new Map(ends.map((end) => [end, allowedPeers(table, end, 'ingress', spoken, portOf(end))]))
  const byPort = new Map<number, Uint32Array>()
  for (const end of ends) {
    const port = portOf(end)
    const holders = byPort.get(port) ?? new Uint32Array(table.setWords)
    holders[end >>> 5]! |= 1 << (end & 31)
    byPort.set(port, holders)
  }
  const outbound = new Map(ends.map((end) => [end, outboundPeers(table, end, spoken, byPort)]))
  const groups = groupAlike(ends, outbound, inbound)
  return {
    groups,
    allowed: (from, to) => {
      const [source, destination] = [groups[from]![0]!, groups[to]![0]!]
      return hasEndpoint(outbound.get(source)!, destination) && hasEndpoint(inbound.get(destination)!, source)
    },
  }
}

function outboundPeers(
  table: CompiledPolicies['table'],
  end: number,
  protocol: number,
  byPort: ReadonlyMap<number, Uint32Array>,
): Uint32Array {
  const peers = new Uint32Array(table.setWords)
  for (const [port, holders] of byPort) {
    const allowed = allowedPeers(table, end, 'egress', protocol, port)
    for (let word = 0; word < peers.length; word++) peers[word]! |= allowed[word]! & holders[word]!
  }
  return peers
}

/**
 * Ends with equal rows and equal columns. A row is what an end's own policy lets through; columns are told apart by
 * splitting groups by each row in turn, of equal ones once.
 */
function groupAlike(
  ends: readonly number[],
  outbound: ReadonlyMap<number, Uint32Array>,
  inbound: ReadonlyMap<number, Uint32Array>,
): number[][] {
  const distinct = new Map<string, Uint32Array>()
  const idOfRow = new Map<string, number>()
  const classes = Int32Array.from(ends, (end) => {
    const keys = [outbound.get(end)!, inbound.get(end)!].map((set, side) => `${side} ${set.join(' ')}`)
    keys.forEach((key, side) => distinct.set(key, (side === 0 ? outbound : inbound).get(end)!))
    const row = keys.join(';')
    const id = idOfRow.get(row) ?? idOfRow.size
    idOfRow.set(row, id)
    return id
  })
  for (const set of distinct.values()) split(classes, ends, set)
  const groups = new Map<number, number[]>()
  classes.forEach((id, index) => {
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [ends[index]!])
    else group.push(ends[index]!)
  })
  return [...groups.values()]
}

/** Gives ends of one class that a set holds and those that it does not hold different classes. */
function split(classes: Int32Array, ends: readonly number[], set: Uint32Array): void {
  const ids = new Map<number, number>()
  for (let index = 0; index < classes.length; index++) {
    const key = classes[index]! * 2 + (hasEndpoint(set, ends[index]!) ? 1 : 0)
    let id = ids.get(key)
    if (id === undefined) {
      id = ids.size
      ids.set(key, id)
    }
    classes[index] = id
  }
}
