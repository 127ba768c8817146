/**
 * Draws the sizes of requests and responses. Each end has a stream of its own for each kind of message, begun alike: an end
 * knows what the other will send as it would from a header, and touches nothing of the other's.
 */

import { SIZE_FORM, type FlowTable, type SizeTable } from '#shared/plan/index'
import { RANDOM_USE, RandomStream } from '../random'

const ONE_SIZE = -1
/** No message is longer: Pareto distributions with a shape near 1 have no useful limit of their own. */
const MAX_BYTES = 1e9

export class MessageDraws {
  private readonly flows: FlowTable
  private readonly sizes: SizeTable
  /** By thread: its streams for requests and for responses. */
  private readonly requests: (RandomStream | undefined)[]
  private readonly responses: (RandomStream | undefined)[]

  constructor(flows: FlowTable, sizes: SizeTable, seed: number) {
    this.flows = flows
    this.sizes = sizes
    const streams = (rows: Int32Array, message: number): (RandomStream | undefined)[] =>
      Array.from({ length: flows.count * 2 }, (_, thread) => {
        const flow = thread >> 1
        return rows[flow] === ONE_SIZE ? undefined : new RandomStream(seed, RANDOM_USE.sizes, flow * 2 + message)
      })
    this.requests = streams(flows.requestSizes, 0)
    this.responses = streams(flows.responseSizes, 1)
  }

  /** Bytes of the next request, as a thread at either end of it knows them. */
  nextRequest(thread: number): number {
    const stream = this.requests[thread]
    const flow = thread >> 1
    return stream === undefined ? this.flows.requestBytes[flow] : this.draw(this.flows.requestSizes[flow], stream)
  }

  /** Bytes of the next response. */
  nextResponse(thread: number): number {
    const stream = this.responses[thread]
    const flow = thread >> 1
    return stream === undefined ? this.flows.responseBytes[flow] : this.draw(this.flows.responseSizes[flow], stream)
  }

  private draw(row: number, stream: RandomStream): number {
    const { form, scale, shape } = this.sizes
    const unit = stream.unit()
    if (form[row] === SIZE_FORM.table) return this.drawFromTable(row, unit)
    const exact = form[row] === SIZE_FORM.pareto ? scale[row] * unit ** (-1 / shape[row]) : -Math.log(unit) * scale[row]
    return Math.max(1, Math.min(MAX_BYTES, Math.round(exact)))
  }

  private drawFromTable(row: number, unit: number): number {
    const { first, pointBytes, pointShare } = this.sizes
    let point = first[row]
    while (pointShare[point] < unit) point++
    if (point === first[row]) return pointBytes[point]
    const below = pointShare[point - 1]
    const position = (unit - below) / (pointShare[point] - below)
    return Math.max(1, Math.round(pointBytes[point - 1] + position * (pointBytes[point] - pointBytes[point - 1])))
  }
}
