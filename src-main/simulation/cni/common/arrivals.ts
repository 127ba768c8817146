import type { Ipv4Address } from '#shared/units/index'

import { addressesOnWire } from './addresses-on-wire'
import type { Endpoint, Refusal, Trip } from './cni-model'
import { RECEIVING } from './crossings'
import { changesOf, type Path, type Step } from './path'
import type { Tunnel } from './tunnel'

/** A packet at a step of the host at which it arrives. */
export interface Arriving {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly step: Step
  /** The device by which it came: the NIC, or the tunnel's that took the last headers off. */
  readonly device: string
  /** The source that its outermost header has, and the tunnel that this header is of. */
  readonly source: Ipv4Address
  readonly tunnel: Tunnel | undefined
}

/** Why a packet ends at a step; undefined where it goes on. `instead`: the step that drops it, where it is another. */
export type ArrivalCheck = (arriving: Arriving) => (Omit<Refusal, 'receive'> & { readonly instead?: Step }) | undefined

/** What hosts look at in packets that arrive, step by step. */
export class Arrivals {
  private readonly checks: readonly ArrivalCheck[]
  /** Ways in that end early, so that equal ones are the same object, and make one program. */
  private readonly cut = new Map<Path, Map<string, Path>>()

  constructor(checks: readonly ArrivalCheck[]) {
    this.checks = checks
  }

  /** The first reason for which the receiving host drops what comes by a trip; undefined where it takes it. */
  refusal(trip: Trip, from: Endpoint, to: Endpoint): Refusal | undefined {
    const { receive } = trip
    if (this.checks.length === 0 || receive === undefined) return undefined
    const tunnels = [...trip.tunnels]
    const inside = addressesOnWire(trip).source
    let device = ''
    for (const [pass, { steps }] of receive.entries()) {
      for (const [index, step] of steps.entries()) {
        if (RECEIVING.has(step.stage)) device = step.device
        const tunnel = tunnels.at(-1)
        const arriving: Arriving = { from, to, step, device, source: tunnel?.source ?? inside, tunnel }
        for (const check of this.checks) {
          const found = check(arriving)
          if (found === undefined) continue
          const { instead = step, ...refusal } = found
          return { ...refusal, receive: this.cutAt(receive, pass, index, instead) }
        }
        if (changesOf(step).includes('decapsulate')) tunnels.pop()
      }
    }
    return undefined
  }

  private cutAt(path: Path, pass: number, index: number, last: Step): Path {
    const variants = this.cut.get(path) ?? new Map<string, Path>()
    this.cut.set(path, variants)
    const key = `${pass} ${index} ${last.stage}`
    const ended = { ...path[pass]!, steps: [...path[pass]!.steps.slice(0, index), last] }
    const cut = variants.get(key) ?? [...path.slice(0, pass), ended]
    variants.set(key, cut)
    return cut
  }
}
