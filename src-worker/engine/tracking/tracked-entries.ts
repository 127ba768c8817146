/** Entries of all tracking tables, as columns with a free list. */

import { grown } from '../grown-column'

const NONE = -1
const FIRST_CAPACITY = 256

export class TrackedEntries {
  /** Where the flow keeps the entry's number (`Tracking`); −1 for what an earlier connection of the flow left. */
  key = new Int32Array()
  flow = new Int32Array()
  /** Row of the table that has it. */
  row = new Int32Array()
  /** Number of `TRACKED_STATE`. */
  state = new Uint8Array()
  /** 1 where both directions have spoken for long enough: netfilter does not drop it early. */
  assured = new Uint8Array()
  /** 1 where nothing but a change of the connection concerns it. */
  settled = new Uint8Array()
  /** Direction of the packet that made it. */
  opener = new Uint8Array()
  /** Position of the client's SYN: packets below are of an earlier connection. */
  base = new Float64Array()
  madeNs = new Float64Array()
  /** When a packet was last seen; of settled entries only where the table follows them. */
  seenNs = new Float64Array()
  /** When it joined the end of a list by recency. */
  queuedNs = new Float64Array()
  /** Port that translation gave the connection, −1: none; row of the ports it is of, and towards which destination. */
  port = new Int32Array()
  portRow = new Int32Array()
  destination = new Float64Array()
  /** Its place among its table's entries, and neighbours in its list by recency. */
  place = new Int32Array()
  next = new Int32Array()
  previous = new Int32Array()
  private capacity = 0
  private freeHead = NONE

  /** Takes an entry for a connection whose first packet has this direction. */
  allocate(row: number, key: number, flow: number, opener: number, base: number, nowNs: number): number {
    if (this.freeHead === NONE) this.grow(Math.max(FIRST_CAPACITY, this.capacity * 2))
    const entry = this.freeHead
    this.freeHead = this.next[entry]
    this.row[entry] = row
    this.key[entry] = key
    this.flow[entry] = flow
    this.opener[entry] = opener
    this.base[entry] = base
    this.assured[entry] = 0
    this.settled[entry] = 0
    this.madeNs[entry] = nowNs
    this.seenNs[entry] = nowNs
    this.port[entry] = NONE
    return entry
  }

  /** Gives an entry back. Requires: no table has it. */
  release(entry: number): void {
    this.next[entry] = this.freeHead
    this.freeHead = entry
  }

  private grow(capacity: number): void {
    const old = this.capacity
    this.key = grown(this.key, new Int32Array(capacity))
    this.flow = grown(this.flow, new Int32Array(capacity))
    this.row = grown(this.row, new Int32Array(capacity))
    this.state = grown(this.state, new Uint8Array(capacity))
    this.assured = grown(this.assured, new Uint8Array(capacity))
    this.settled = grown(this.settled, new Uint8Array(capacity))
    this.opener = grown(this.opener, new Uint8Array(capacity))
    this.base = grown(this.base, new Float64Array(capacity))
    this.madeNs = grown(this.madeNs, new Float64Array(capacity))
    this.seenNs = grown(this.seenNs, new Float64Array(capacity))
    this.queuedNs = grown(this.queuedNs, new Float64Array(capacity))
    this.port = grown(this.port, new Int32Array(capacity))
    this.portRow = grown(this.portRow, new Int32Array(capacity))
    this.destination = grown(this.destination, new Float64Array(capacity))
    this.place = grown(this.place, new Int32Array(capacity))
    this.next = grown(this.next, new Int32Array(capacity))
    this.previous = grown(this.previous, new Int32Array(capacity))
    for (let entry = capacity - 1; entry >= old; entry--) {
      this.next[entry] = this.freeHead
      this.freeHead = entry
    }
    this.capacity = capacity
  }
}
