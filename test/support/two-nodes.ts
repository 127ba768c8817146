import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'

import { DATAPATH_VARIANTS } from './datapath-lab'
import { makeLab } from './make-lab'
import { planOf } from './plan-of'

/** What a test says of a lab of two nodes on a switch, 10 Gbit/s; the rest is usual. */
interface TwoNodes {
  readonly traffic: object
  readonly nic?: object
  readonly node?: object
  readonly delay?: string
  readonly variant?: string
  readonly hostCosts?: boolean
  readonly duration?: string
  readonly warmup?: string
}

const PODS = { from: { pod: 'default/a-0' }, to: { pod: 'default/b-0' } }

/** Runs traffic from the pod of node `a` to that of node `b`, with one seed. */
export function runBetweenNodes({ traffic, nic = {}, node = {}, delay = '5us', variant = 'host', hostCosts = true, duration = '20ms', warmup = '0s' }: TwoNodes): SeedResult {
  const one = (name: string) => ({
    name,
    cpu: { cores: 8, ghz: 3 },
    nic: { rate: '10Gbit', queues: 8, ...nic },
    uplinks: [{ switch: 'tor', delay }],
    ...node,
  })
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [one('a'), one('b')],
    cluster: {
      podCIDR: '10.244.0.0/16',
      serviceCIDR: '10.96.0.0/16',
      workloads: ['a', 'b'].map((name) => ({ name, namespace: 'default', nodes: [name] })),
    },
    variants: DATAPATH_VARIANTS.filter(({ name }) => name === variant),
    traffic: [{ name: 't', ...PODS, ...traffic }],
    run: { duration, warmup, hostCosts },
  })
  return runTask({ plan: planOf(lab, variant), seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0).result
}
