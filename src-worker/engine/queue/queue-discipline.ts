/** What a discipline is to the queues it serves, and what it asks of their owner. */

/** Why a discipline drops a packet. */
export const QUEUE_DROP = {
  /** No room. */
  full: 0,
  /** Early, to tell senders to slow down. */
  early: 1,
  /** Its flow had its share. */
  flowLimit: 2,
} as const

/** A queue's owner: it counts what is dropped, knows flows, and keeps time. */
export interface QueueOwner {
  /** A packet was dropped; it is in no list. `why` is of {@link QUEUE_DROP}. */
  drop(queue: number, packet: number, why: number, nowNs: number): void
  /** A packet must not leave before `untilNs`: the discipline's `release` is to be called for it then. */
  hold(queue: number, packet: number, untilNs: number): void
  /** Hash of the packet's flow, unsigned 32 bit. */
  flowHash(packet: number): number
  /** Type-of-service byte of the packet. */
  serviceType(packet: number): number
}

/** A queueing discipline: it keeps the packets of all queues that use it. */
export interface QueueDiscipline {
  /** Takes a packet; it may drop it, or others for its sake. */
  enqueue(queue: number, packet: number, nowNs: number): void
  /** The packet that goes now; −1 where none waits or none may go yet. */
  dequeue(queue: number, nowNs: number): number
  /** The time that a packet was held for has come: it may go. */
  release(queue: number, packet: number, nowNs: number): void
}
