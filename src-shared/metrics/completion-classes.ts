/**
 * Classes of flows by size, as the literature on flow completion times reports them (pFabric, SIGCOMM 2013; PIAS, NSDI
 * 2015): up to 100 kB, to 10 MB, beyond.
 */
export const COMPLETION_CLASSES = [
  { id: 'small', label: 'Up to 100 kB', mostBytes: 100_000 },
  { id: 'medium', label: '100 kB to 10 MB', mostBytes: 10_000_000 },
  { id: 'large', label: 'Over 10 MB', mostBytes: Infinity },
] as const

/** A class of flows by size. */
export type CompletionClassId = (typeof COMPLETION_CLASSES)[number]['id']

/** Number of the class that a flow of so many bytes is in. */
export function completionClassOf(bytes: number): number {
  if (bytes <= COMPLETION_CLASSES[0].mostBytes) return 0
  return bytes <= COMPLETION_CLASSES[1].mostBytes ? 1 : 2
}
