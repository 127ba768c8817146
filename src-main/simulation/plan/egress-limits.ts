import type { EgressLimits } from '#shared/plan/index'

import type { Pod } from '../kubernetes/index'
import type { FlowWays } from './flow-builder'

/** The limits of the pods at the flows' ends, row by row; undefined where no pod that sends to another node has one. */
export function egressLimits(flows: readonly FlowWays[], rows: number, pods: readonly Pod[]): EgressLimits | undefined {
  const of = new Int32Array(rows).fill(-1)
  const numbers = new Map<number, number>()
  flows.forEach(({ client, server }, flow) => {
    if (client.host === server.host) return
    for (const [direction, { pod }] of [client, server].entries()) {
      if (pods[pod]?.egressBitsPerSecond === undefined) continue
      const number = numbers.get(pod) ?? numbers.size
      numbers.set(pod, number)
      of[flow * 2 + direction] = number
    }
  })
  if (numbers.size === 0) return undefined
  return { of, bitsPerSecond: Float64Array.from(numbers.keys(), (pod) => pods[pod]!.egressBitsPerSecond!) }
}
