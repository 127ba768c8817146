/** How a network is divided between two threads: which elements each simulates, and how far one may run ahead. */

import { type RunPlan, TIMELINE_KIND } from '#shared/plan/index'

/** Two parts of a network. */
export interface Division {
  /** Part of each element: switches, then hosts. */
  readonly partOf: Uint8Array
  /** Least delay of the links between the parts, ns. */
  readonly lookaheadNs: number
}

/** With less delay than this between the parts, waiting for each other costs more than a second thread gives, ns. */
const LEAST_LOOKAHEAD_NS = 5000
/** No part may have more than this share of the work. */
const MOST_OF_THE_WORK = 0.7

/**
 * Divides a plan's network, or answers null where that would not help: too little delay between any two parts of like
 * size. Hosts stay with their switch where that leaves a choice, as most traffic of a rack never leaves it. Below
 * `leastLookaheadNs` (at least 2) no division is considered worth its while.
 */
export function divide(plan: RunPlan, leastLookaheadNs = LEAST_LOOKAHEAD_NS): Division | null {
  // What a link's delay becomes while the run goes on might be less than the parts count on.
  if (plan.timeline.kind.includes(TIMELINE_KIND.portDelay)) return null
  const work = workOfElements(plan)
  const delays = [...new Set(plan.ports.delayNs)].filter((delay) => delay >= leastLookaheadNs).toSorted((a, b) => b - a)
  for (const lookaheadNs of delays) {
    for (const keepRacks of [true, false]) {
      const partOf = assign(unitsOf(plan, lookaheadNs, keepRacks), work)
      if (isBalanced(partOf, work)) return { partOf, lookaheadNs: leastDelayBetween(plan, partOf) }
    }
  }
  return null
}

/** Elements that must stay together: those linked by less delay than wanted, and racks. The unit of each element. */
function unitsOf({ ports, switchCount, hosts }: RunPlan, lookaheadNs: number, keepRacks: boolean): Int32Array {
  const unit = Int32Array.from({ length: switchCount + hosts.count }, (_, element) => element)
  const find = (element: number): number => {
    let root = element
    while (unit[root] !== root) root = unit[root]
    unit[element] = root
    return root
  }
  const join = (a: number, b: number): void => {
    const [low, high] = [find(a), find(b)].toSorted((x, y) => x - y)
    unit[high] = low
  }
  const hasRack = new Uint8Array(unit.length)
  for (let port = 0; port < ports.count; port++) {
    const owner = ports.owner[port]
    const isFirstUplink = owner >= switchCount && hasRack[owner] === 0
    if (isFirstUplink) hasRack[owner] = 1
    if (ports.delayNs[port] < lookaheadNs || (keepRacks && isFirstUplink)) join(owner, ports.peer[port])
  }
  return unit.map((_, element) => find(element))
}

/** Work of each element in arbitrary units: what flows begin and end there, and a share of it for switches. */
function workOfElements({ flows, switchCount, hosts, ports }: RunPlan): Float64Array {
  const work = new Float64Array(switchCount + hosts.count)
  for (let flow = 0; flow < flows.count; flow++) {
    work[switchCount + flows.clientHost[flow]]++
    work[switchCount + flows.serverHost[flow]]++
  }
  const attached = new Float64Array(switchCount)
  for (let port = 0; port < ports.count; port++) {
    if (ports.owner[port] >= switchCount && ports.peer[port] < switchCount) attached[ports.peer[port]] += work[ports.owner[port]]
  }
  const core = attached.filter((own) => own === 0).length
  for (let element = 0; element < switchCount; element++) work[element] = attached[element] || flows.count / Math.max(1, core)
  return work
}

/** Fills the first part with units in order until it has half of the work, then spreads those without hosts evenly. */
function assign(unit: Int32Array, work: Float64Array): Uint8Array {
  const workOf = new Map<number, number>()
  const sizeOf = new Map<number, number>()
  unit.forEach((root, element) => {
    workOf.set(root, (workOf.get(root) ?? 0) + work[element])
    sizeOf.set(root, (sizeOf.get(root) ?? 0) + 1)
  })
  const roots = [...workOf.keys()]
  const groups = roots.filter((root) => sizeOf.get(root)! > 1)
  const singles = roots.filter((root) => sizeOf.get(root) === 1)
  const half = groups.reduce((sum, root) => sum + workOf.get(root)!, 0) / 2
  const load = [0, 0]
  const partOfUnit = new Map<number, number>()
  const put = (root: number, part: number): void => {
    partOfUnit.set(root, part)
    load[part] += workOf.get(root)!
  }
  for (const root of groups) put(root, load[0] + workOf.get(root)! / 2 <= half ? 0 : 1)
  for (const root of singles) put(root, load[0] <= load[1] ? 0 : 1)
  return Uint8Array.from(unit, (root) => partOfUnit.get(root)!)
}

function isBalanced(partOf: Uint8Array, work: Float64Array): boolean {
  const first = work.reduce((sum, own, element) => (partOf[element] === 0 ? sum + own : sum), 0)
  const total = work.reduce((sum, own) => sum + own, 0)
  return Math.max(first, total - first) <= MOST_OF_THE_WORK * total
}

function leastDelayBetween({ ports }: RunPlan, partOf: Uint8Array): number {
  let least = Infinity
  for (let port = 0; port < ports.count; port++) {
    if (partOf[ports.owner[port]] !== partOf[ports.peer[port]]) least = Math.min(least, ports.delayNs[port])
  }
  return least
}
