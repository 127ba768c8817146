import { scaleControlPlane } from '#main/simulation/agents/index'
import { MOST_NODES, type ControlPlaneSize } from '#shared/contract/control-plane'
import type { Lab, Variant } from '#shared/lab/index'

import { CliError } from './cli-error'
import { right, textTable } from './text-table'

/** `cnilab/control-plane-sizes/v1`: the start of clusters of several sizes with a variant's design. */
export interface SizesResult {
  readonly schema: 'cnilab/control-plane-sizes/v1'
  readonly variant: string
  readonly sizes: readonly ControlPlaneSize[]
}

/** Pods on every node: 100,000 on Kubernetes' largest cluster of 5,000. */
const PODS_PER_NODE = 20
const MIB = 2 ** 20
const SEED = 1

/** The start of a variant's control plane at sizes that an option gives: `10,100,1000`. Throws a {@link CliError} for anything else. */
export function sizesOf(lab: Lab, variant: Variant, option: string): SizesResult {
  const sizes = option.split(',').map(Number)
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 2 || size > MOST_NODES)
  if (wrong !== undefined) throw new CliError('routes.sizes', `--sizes takes numbers of nodes from 2 to ${MOST_NODES}, like 10,100,1000.`)
  return {
    schema: 'cnilab/control-plane-sizes/v1',
    variant: variant.name,
    sizes: scaleControlPlane(lab, variant, { sizes, podsPerNode: PODS_PER_NODE, seed: SEED }),
  }
}

/** The table of sizes, and why some were not simulated. */
export function sizesText({ sizes }: SizesResult): string {
  const whole = (value: number): string => value.toLocaleString('en-US')
  const seconds = (value: number | undefined): string => value?.toFixed(2) ?? '–'
  const columns = ['nodes', 'pods', 'sessions', 'a node', 'messages', 'UPDATEs', 'routes a node', 'map entries a node', 'identities', 'MiB a node', 'p50 s', 'p99 s', 'last s']
  const table = textTable(
    columns.map(right),
    sizes.map((size) => [
      whole(size.nodes), whole(size.pods), whole(size.sessions), whole(size.sessionsPerNode), whole(size.messages), whole(size.updates),
      whole(size.routesPerNode), whole(size.mapEntriesPerNode), identitiesText(size), whole(Math.round(size.memoryPerNode / MIB)),
      ...[size.knownSeconds?.p50, size.knownSeconds?.p99, size.knownSeconds?.last].map(seconds),
    ]),
  )
  return [table, ...sizes.flatMap(({ refused }) => refused ?? [])].join('\n')
}

/** How many identities labels take, with how many there can be where that is too many. */
function identitiesText({ identities }: ControlPlaneSize): string {
  if (identities === undefined) return '–'
  const { needed, limit } = identities
  const text = needed.toLocaleString('en-US')
  return needed > limit ? `${text} of ${limit.toLocaleString('en-US')}` : text
}
