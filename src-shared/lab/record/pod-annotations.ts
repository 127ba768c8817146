import { addIssue } from '../issue'
import { z } from '../schema-library'

/** The annotation that limits what a pod sends to other nodes (kubernetes.io, well-known annotations). */
export const EGRESS_BANDWIDTH = 'kubernetes.io/egress-bandwidth'

/** Annotations of a workload's pods that matter here. */
export interface PodAnnotations {
  /** Bits a second, as a Kubernetes quantity: `10M`. */
  readonly [EGRESS_BANDWIDTH]?: string
}

/** Kubernetes' suffixes (apimachinery, resource.Quantity). */
const FACTORS: Readonly<Record<string, number>> = {
  '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
}
const QUANTITY = /^(?<number>\d+(?:\.\d+)?)(?<suffix>[kMGT]|[KMGT]i)?$/u
/** What the bandwidth plugin and Cilium take: 1 kbit/s to 1 Pbit/s (pkg/bandwidth, ExtractPodBandwidthResources). */
const LEAST = 1e3
const MOST = 1e15

/** The rate of an annotation in bits a second; undefined where it is none. */
export function bandwidthOf(text: string): number | undefined {
  const groups = QUANTITY.exec(text)?.groups
  if (groups === undefined) return undefined
  const rate = Number(groups['number']) * FACTORS[groups['suffix'] ?? '']!
  return rate >= LEAST && rate <= MOST ? rate : undefined
}

/** The schema of a workload's annotations. */
export const podAnnotationsSchema = z.strictObject({
  [EGRESS_BANDWIDTH]: z
    .string()
    .superRefine((text, context) => {
      if (bandwidthOf(text) === undefined) addIssue(context, 'wrong-unit', `${JSON.stringify(text)} is no bandwidth.`, 'Write bits a second like 10M or 1G, from 1k to 1P.')
    })
    .optional(),
})
