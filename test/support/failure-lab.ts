/** Runs labs of resources/labs/failures, and reads what came of it. */
import { readFileSync } from 'node:fs'

import type { SeedResult } from '#shared/metrics/index'

import { runLab } from './run-lab'

/** The folder of the labs, from the repository's root on. */
export const FAILURES = 'resources/labs/failures'

/** The text of a failure lab. */
export function failureText(name: string): string {
  return readFileSync(`${FAILURES}/${name}.cnilab.yaml`, 'utf8')
}

/** What a variant of a failure lab comes to. */
export function runFailure(name: string, variant: string): SeedResult {
  return runLab(failureText(name), variant).result
}

/** Share of each traffic entry's packets that arrived. */
export function arrived({ traffic }: SeedResult): Record<string, number> {
  return Object.fromEntries(traffic.map((entry) => [entry.name, entry.packetsDelivered / entry.packetsSent]))
}

/** Share of all packets that a reason cost. */
export function cost({ drops, packets }: SeedResult, reason: string): number {
  return (drops[reason] ?? 0) / packets.sent
}

/** Transactions that each traffic entry completed a second. */
export function perSecond({ traffic }: SeedResult): Record<string, number> {
  return Object.fromEntries(traffic.map(({ name, transactionsPerSecond = 0 }) => [name, transactionsPerSecond]))
}
