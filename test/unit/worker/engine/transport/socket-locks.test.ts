import { PacketPool } from '#worker/engine/packet-pool'
import { SocketLocks } from '#worker/engine/transport/socket-locks'
import { describe, expect, it } from 'vitest'

/** A pool of packets to the server's socket of flow 0, and what was taken: the packet, and on which core. */
function setUp() {
  const pool = new PacketPool(16, () => undefined)
  const taken: (readonly [packet: number, core: number])[] = []
  const locks = new SocketLocks(pool, 2, { receive: (packet, core) => void taken.push([packet, core]) })
  const [first, second] = [pool.allocate(), pool.allocate()] as const
  for (const packet of [first, second]) {
    pool.flow[packet] = 0
    pool.direction[packet] = 0
  }
  return { locks, taken, first, second }
}

describe('what reaches a socket', () => {
  it('is taken at once, on the core that brought it, while no thread is in a call', () => {
    const { locks, taken, first } = setUp()
    locks.receive(first, 3, 0)
    expect(taken).toEqual([[first, 3]])
  })

  it('waits for the end of a call, and is taken on the thread’s core then, in order', () => {
    const { locks, taken, first, second } = setUp()
    locks.hold(1)
    locks.receive(first, 3, 0)
    locks.receive(second, 3, 0)
    expect(taken).toEqual([])
    locks.release(1, 5, 10)
    expect(taken).toEqual([[first, 5], [second, 5]])
  })

  it('does not wait for calls on the other end', () => {
    const { locks, taken, first } = setUp()
    locks.hold(0)
    locks.receive(first, 3, 0)
    expect(taken).toEqual([[first, 3]])
  })
})
