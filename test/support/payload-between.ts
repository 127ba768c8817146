import type { SeedOutcome } from '#shared/metrics/index'

/** Payload that a traffic entry received in a part of a run, by bins that begin in it, bytes. */
export function payloadBetween({ series: { binNs, deliveredBytes } }: SeedOutcome, traffic: string, fromSeconds: number, toSeconds: number): number {
  const { bytes } = deliveredBytes.find(({ name }) => name === traffic)!
  const at = (seconds: number): number => Math.ceil((seconds * 1e9) / binNs - 1e-9)
  return bytes.subarray(at(fromSeconds), at(toSeconds)).reduce((sum, value) => sum + value, 0)
}
