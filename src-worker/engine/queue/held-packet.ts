/**
 * A packet that a queue holds back until a time waits for its own event, as one on a wire does. Its port tells them apart:
 * that of a packet held back is negative.
 */

const FIRST = -2

/** What stands in the port column of a packet held back at a port. */
export function heldAt(port: number): number {
  return FIRST - port
}

/** The port that holds a packet back. Requires: what stands in its port column is negative. */
export function holdingPort(column: number): number {
  return FIRST - column
}
