/**
 * A packet that a queue holds back until a time waits for its own event, as one on a wire does. Its port tells them apart:
 * that of a packet held back is negative. Places are numbered: ports first, then the transmit queues of hosts.
 */

const FIRST = -2

/** What stands in the port column of a packet held back at a place. */
export function heldAt(place: number): number {
  return FIRST - place
}

/** The place that holds a packet back. Requires: what stands in its port column is negative. */
export function placeOf(column: number): number {
  return FIRST - column
}
