import { sampleOf } from '../analysis/index'
import type { NodeResult, VariantResult } from '../metrics/index'

/** The most of something that a node has, mean over the seeds; 0 without seeds. */
export function mostOnNode({ seeds }: VariantResult, of: (node: NodeResult) => number): number {
  return seeds.length === 0 ? 0 : sampleOf(seeds.map(({ nodes }) => Math.max(0, ...nodes.map(of)))).mean
}
