import type { MeasurementRow, MeasurementTable } from './measurement-table'
import { nominalHost, type HostConstants } from './testbed-lab'

/** Simulates a row on hosts of such constants; null where nothing comes of it. */
export type Simulate = (row: MeasurementRow, host: HostConstants) => Promise<number | null>

/** A constant of the hosts that baseline rows of some metrics tell. */
interface Knob {
  readonly tells: (row: MeasurementRow) => boolean
  readonly bounds: (nominal: HostConstants) => readonly [least: number, most: number]
  readonly turned: (host: HostConstants, value: number) => HostConstants
}

/** A rate that comes this close to the NIC's tells of the NIC. */
const LINE_RATE_SHARE = 0.9
/** The clock that explains a baseline may differ from the nominal one by this factor: processors differ in more than clocks. */
const CLOCK_RANGE = 2.5
/** Least latency in the search for one, ns; below it lies nothing that could be told from none. */
const LEAST_NS = 100

const withDefault = (name: string) => (host: HostConstants, value: number) => ({
  ...host,
  defaults: { ...host.defaults, [name]: value },
})

/** In the order in which they are fitted: each is told by rows that the later ones do not change. */
const KNOBS = {
  /** Cycles a second: unsaturated streams. */
  clock: {
    tells: ({ metric }) => metric === 'tcp-stream-gbps',
    bounds: ({ ghz }) => [ghz / CLOCK_RANGE, ghz * CLOCK_RANGE],
    turned: (host, ghz) => ({ ...host, ghz }),
  },
  /** How long an idle core sleeps on: transactions. */
  idleExit: {
    tells: ({ metric }) => /^(tcp|udp)-(rr|crr|pingpong)-/u.test(metric),
    bounds: () => [LEAST_NS, 100_000],
    turned: withDefault('idleExit'),
  },
  /** How long the NIC keeps what it has sent: datagrams, whose sender waits for its buffer. */
  transmitCompletion: {
    tells: ({ metric }) => metric === 'udp-stream-gbps',
    bounds: () => [LEAST_NS, 400_000],
    turned: withDefault('txCompletionDelay'),
  },
} as const satisfies Record<string, Knob>

const STEPS = 9
/** A mean deviation from the baseline below this share is as good as none. */
const CLOSE = 0.01

/**
 * The constants of a table's hosts: its facts, and what its baseline rows tell. One constant after the other is halved in
 * on (in logarithms) until the simulated baseline rows it decides are, in the mean, those measured. Rows with the fewest
 * streams count, as what many streams reach depends on which cores they share.
 */
export async function fitHost(table: MeasurementTable, simulate: Simulate): Promise<HostConstants> {
  const nominal = nominalHost(table.testbed)
  let host = nominal
  for (const knob of Object.values<Knob>(KNOBS)) {
    const rows = tellingRows(table, knob)
    if (rows.length > 0) host = await fitKnob(knob, rows, { nominal, host }, simulate)
  }
  return host
}

function tellingRows({ baseline, rows, testbed }: MeasurementTable, { tells }: Knob): MeasurementRow[] {
  const ofBaseline = rows.filter(
    (row) => row.key === baseline && row.use === 'score' && !row.saturated && tells(row) && !isAtLineRate(row, testbed.nicGbps),
  )
  const fewest = Math.min(...ofBaseline.map(({ streams }) => streams))
  return ofBaseline.filter(({ streams }) => streams === fewest)
}

function isAtLineRate({ metric, value, perFlow, streams }: MeasurementRow, nicGbps: number): boolean {
  return metric.endsWith('gbps') && value * (perFlow ? streams : 1) >= LINE_RATE_SHARE * nicGbps
}

async function fitKnob(
  knob: Knob,
  rows: readonly MeasurementRow[],
  { nominal, host }: { readonly nominal: HostConstants; readonly host: HostConstants },
  simulate: Simulate,
): Promise<HostConstants> {
  const deviation = async (value: number): Promise<number> => {
    const predictions = await Promise.all(rows.map((row) => simulate(row, knob.turned(host, value))))
    const logs = rows.map((row, index) => speedDeviation(row, predictions[index] ?? null))
    return logs.reduce((sum, log) => sum + log, 0) / logs.length
  }
  let [low, high] = knob.bounds(nominal)
  const [atLow, atHigh] = [await deviation(low), await deviation(high)]
  if (atLow * atHigh > 0) return knob.turned(host, Math.abs(atLow) < Math.abs(atHigh) ? low : high)
  let middle = Math.sqrt(low * high)
  for (let step = 0; step < STEPS; step++) {
    middle = Math.sqrt(low * high)
    const there = await deviation(middle)
    if (Math.abs(there) < CLOSE) break
    if (there * atLow > 0) low = middle
    else high = middle
  }
  return knob.turned(host, middle)
}

/** How much faster the prediction is than the measurement: the logarithm of their ratio, turned round for times. */
function speedDeviation({ metric, value }: MeasurementRow, predicted: number | null): number {
  if (predicted === null) return -Infinity
  const log = Math.log(predicted / value)
  return metric.endsWith('-us') ? -log : log
}
