/** The figures that variants are compared by: what each means, its unit, and which way is good. */

/** Units of figures, as charts and files write them. */
export type FigureUnit = 'bit/s' | 'ns' | '1/s' | 'cores' | 'cores per Gbit/s' | 'B' | 'share' | 'packets' | 'times'

/** What a figure is about. */
export type FigureScope = 'run' | 'traffic' | 'node'

/** A figure. */
export interface Figure {
  readonly id: string
  readonly label: string
  readonly unit: FigureUnit
  readonly scope: FigureScope
  /** Which way is good; null where neither is. */
  readonly better: 'higher' | 'lower' | null
  /** One sentence: how it is computed. */
  readonly computed: string
}

const figure = <Id extends string>(
  id: Id,
  scope: FigureScope,
  label: string,
  unit: FigureUnit,
  better: Figure['better'],
  computed: string,
): Figure & { readonly id: Id } => ({ id, scope, label, unit, better, computed })

const latencyOf = 'one way for streams, the whole transaction for request–response'

const completionOf = 'from when a flow was due to its last byte at the application, after the warm-up'
const slowdownOf = 'Completion time by the least that the flow takes on an empty network between hosts that cost no time'

/** All figures, in the order in which tables list them. */
export const FIGURES = [
  figure('total-goodput', 'run', 'Goodput, all traffic', 'bit/s', 'higher',
    'Application payload received between warm-up and end, all traffic entries together.'),
  figure('total-cores', 'run', 'CPU, all nodes', 'cores', 'lower',
    'Mean number of busy cores between warm-up and end, all nodes together.'),
  figure('cores-per-gigabit', 'run', 'CPU per Gbit/s', 'cores per Gbit/s', 'lower',
    'Busy cores of all nodes divided by the goodput of all traffic.'),
  figure('total-dropped', 'run', 'Packets dropped', 'packets', 'lower',
    'IP packets dropped anywhere, for any reason, over the whole run.'),
  figure('goodput', 'traffic', 'Goodput', 'bit/s', 'higher',
    'Application payload received between warm-up and end, all streams of the entry together.'),
  figure('transactions', 'traffic', 'Transactions', '1/s', 'higher', 'Completed transactions per second after the warm-up.'),
  figure('latency-mean', 'traffic', 'Latency mean', 'ns', 'lower', `Mean latency after the warm-up: ${latencyOf}.`),
  figure('latency-p50', 'traffic', 'Latency p50', 'ns', 'lower', `Half of the samples took no longer: ${latencyOf}.`),
  figure('latency-p90', 'traffic', 'Latency p90', 'ns', 'lower', `90 % of the samples took no longer: ${latencyOf}.`),
  figure('latency-p99', 'traffic', 'Latency p99', 'ns', 'lower', `99 % of the samples took no longer: ${latencyOf}.`),
  figure('latency-p999', 'traffic', 'Latency p99.9', 'ns', 'lower', `99.9 % of the samples took no longer: ${latencyOf}.`),
  figure('latency-max', 'traffic', 'Latency max', 'ns', 'lower', `The longest sample: ${latencyOf}.`),
  figure('completion-small-mean', 'traffic', 'Completion mean, to 100 kB', 'ns', 'lower', `Mean time of flows up to 100 kB: ${completionOf}.`),
  figure('completion-small-p99', 'traffic', 'Completion p99, to 100 kB', 'ns', 'lower', `99 % of the flows up to 100 kB took no longer: ${completionOf}.`),
  figure('completion-medium-mean', 'traffic', 'Completion mean, to 10 MB', 'ns', 'lower', `Mean time of flows over 100 kB up to 10 MB: ${completionOf}.`),
  figure('completion-medium-p99', 'traffic', 'Completion p99, to 10 MB', 'ns', 'lower', `99 % of the flows over 100 kB up to 10 MB took no longer: ${completionOf}.`),
  figure('completion-large-mean', 'traffic', 'Completion mean, over 10 MB', 'ns', 'lower', `Mean time of flows over 10 MB: ${completionOf}.`),
  figure('completion-large-p99', 'traffic', 'Completion p99, over 10 MB', 'ns', 'lower', `99 % of the flows over 10 MB took no longer: ${completionOf}.`),
  figure('slowdown-small-p50', 'traffic', 'Slowdown p50, to 100 kB', 'times', 'lower', `${slowdownOf}; median of flows up to 100 kB.`),
  figure('slowdown-small-p99', 'traffic', 'Slowdown p99, to 100 kB', 'times', 'lower', `${slowdownOf}; 99th percentile of flows up to 100 kB.`),
  figure('slowdown-medium-p50', 'traffic', 'Slowdown p50, to 10 MB', 'times', 'lower', `${slowdownOf}; median of flows over 100 kB up to 10 MB.`),
  figure('slowdown-medium-p99', 'traffic', 'Slowdown p99, to 10 MB', 'times', 'lower', `${slowdownOf}; 99th percentile of flows over 100 kB up to 10 MB.`),
  figure('slowdown-large-p50', 'traffic', 'Slowdown p50, over 10 MB', 'times', 'lower', `${slowdownOf}; median of flows over 10 MB.`),
  figure('slowdown-large-p99', 'traffic', 'Slowdown p99, over 10 MB', 'times', 'lower', `${slowdownOf}; 99th percentile of flows over 10 MB.`),
  figure('retransmits', 'traffic', 'Retransmits', 'packets', 'lower', 'TCP segments sent again, over the whole run.'),
  figure('out-of-order', 'traffic', 'Out of order', 'packets', 'lower', 'TCP segments that arrived before earlier ones, over the whole run.'),
  figure('packets-sent', 'traffic', 'Packets sent', 'packets', null, 'IP packets that the entry’s senders made, over the whole run.'),
  figure('packets-delivered', 'traffic', 'Packets delivered', 'packets', null, 'Of those sent, the IP packets that arrived.'),
  figure('busy-cores', 'node', 'CPU', 'cores', 'lower', 'Mean number of busy cores of the node between warm-up and end.'),
  figure('memory', 'node', 'Memory', 'B', 'lower', 'Resident memory of the plugin’s agents and tables on the node.'),
] as const satisfies readonly Figure[]

/** A figure by name. */
export type FigureId = (typeof FIGURES)[number]['id']

const figuresById = new Map<string, Figure>(FIGURES.map((each) => [each.id, each]))

/** The figure of that name. Throws where there is none: names come from this file. */
export function figureNamed(id: string): Figure {
  const found = figuresById.get(id)
  if (!found) throw new RangeError(`no figure is called ${id}`)
  return found
}
