import type { FlowTable, HostTable } from '#shared/plan/index'
import { WorkerQueues } from '#worker/engine/host/worker-queues'
import { PacketPool } from '#worker/engine/packet-pool'
import { describe, expect, it } from 'vitest'

const hosts = { count: 2, coreFirst: Int32Array.of(0, 4), coreCount: Int32Array.of(4, 2) } as unknown as HostTable
const flows = { count: 1, clientHost: Int32Array.of(0), serverHost: Int32Array.of(1) } as unknown as FlowTable

function setUp(count: number) {
  const pool = new PacketPool(16, () => undefined)
  const packets = Array.from({ length: count }, () => {
    const packet = pool.allocate()
    pool.flow[packet] = 0
    pool.direction[packet] = 0
    return packet
  })
  return { queues: new WorkerQueues(pool, flows, hosts), packets }
}

describe('workers', () => {
  it('are dealt packets in turn, on the cores of the host', () => {
    const { queues, packets } = setUp(5)
    expect(packets.map((packet) => queues.enter(packet, 0))).toEqual([0, 1, 2, 3, 0])
    expect(packets.slice(0, 3).map((packet) => queues.enter(packet, 1))).toEqual([4, 5, 4])
  })

  it('give packets back in the order in which they came, each when it is done', () => {
    const { queues, packets } = setUp(3)
    for (const packet of packets) queues.enter(packet, 0)
    const [first, second, third] = packets as [number, number, number]
    const ring = queues.finish(third, 0)
    expect(queues.release(ring)).toBe(-1)
    queues.finish(first, 0)
    expect([queues.release(ring), queues.release(ring)]).toEqual([first, -1])
    queues.finish(second, 0)
    expect([queues.release(ring), queues.release(ring), queues.release(ring)]).toEqual([second, third, -1])
  })

  it('keep the order of sender and receiver apart', () => {
    const { queues, packets } = setUp(1)
    queues.enter(packets[0]!, 0)
    queues.enter(packets[0]!, 1)
    expect(queues.finish(packets[0]!, 0)).not.toBe(queues.finish(packets[0]!, 1))
  })

  it('refuse what a ring of 1024 has no room for', () => {
    const { queues, packets } = setUp(1)
    const entered = Array.from({ length: 1025 }, () => queues.enter(packets[0]!, 0))
    expect(entered.slice(0, 1024)).not.toContain(-1)
    expect(entered[1024]).toBe(-1)
  })
})
