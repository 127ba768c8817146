import { describe, expect, test } from 'vitest'

import {
  cellText,
  chartRun,
  cpuByStageChart,
  differenceChart,
  dropTable,
  figureTable,
  latencyCdfChart,
  latencyPercentilesChart,
  lightChartTheme,
  linkTable,
  liveThroughputChart,
  rowCount,
  throughputChart,
  trackingTable,
  cpuOverTimeChart,
  variantStyle,
  type Cell,
  type DataTable,
  type Tooltip,
} from '#shared/charts/index'
import { compareFigures } from '#shared/analysis/index'
import { fakeRun } from '../../../fixture/fake-run'

const fake = fakeRun()
const run = chartRun({ ...fake, warmupSeconds: 0.1 })

/** The cells of a column by its key. */
function column(table: DataTable, key: string): readonly Cell[] {
  const found = table.columns.find((each) => each.key === key)
  if (!found) throw new Error(`no column ${key} in ${table.columns.map((each) => each.key).join(', ')}`)
  return found.cells
}

/** Rows of a table as objects by column key. */
function rowsOf(table: DataTable): Record<string, Cell>[] {
  return Array.from({ length: rowCount(table) }, (_, row) =>
    Object.fromEntries(table.columns.map((each) => [each.key, each.cells[row] ?? null])),
  )
}

describe('chartRun', () => {
  test('a run of some variants keeps the colours that the lab gives them', () => {
    const some = chartRun({ ...fake, labVariants: ['other', 'host', 'calico-ipip', 'cilium-vxlan'] })
    expect(some.variants.map((variant) => variant.style)).toEqual([1, 2, 3].map(variantStyle))
  })

  test('the baseline is the first variant unless another one of the run is asked for', () => {
    expect(run.baseline).toBe('host')
    expect(chartRun({ ...fake, baseline: 'cilium-vxlan' }).baseline).toBe('cilium-vxlan')
    expect(chartRun({ ...fake, baseline: 'gone' }).baseline).toBe('host')
  })
})

describe('throughput over time', () => {
  const { table, explanation } = throughputChart(run, 'bulk')

  test('a point is bits per second of its window, mean and range over the seeds', () => {
    const bits = fake.series
      .filter((each) => each.variant === 'host')
      .map((each) => ((each.series.deliveredBytes[0]!.bytes[20]! + each.series.deliveredBytes[0]!.bytes[21]!) * 8) / 0.01)
    const row = rowsOf(table).find((each) => each['variant'] === 'host' && each['time_s'] === 0.105)!
    expect(row['throughput_bps_mean']).toBeCloseTo(bits.reduce((sum, value) => sum + value, 0) / 5, 3)
    expect(row['throughput_bps_min']).toBeCloseTo(Math.min(...bits), 3)
    expect(row['throughput_bps_max']).toBeCloseTo(Math.max(...bits), 3)
  })

  test('it states its averaging window and what the band is', () => {
    expect(explanation.replaceAll('\u202f', ' ')).toBe(
      'Application payload received, averaged over windows of 10 ms; mean of 5 seeds, the band from the least to the greatest.',
    )
  })

  test('a seed that was stopped early ends its line there, without a half-filled window', () => {
    const short = fake.series.map((each) => ({
      ...each,
      series: { ...each.series, deliveredBytes: each.series.deliveredBytes.map((entry) => ({ ...entry, bytes: entry.bytes.slice(0, 51) })) },
    }))
    const stopped = throughputChart(chartRun({ ...fake, series: short }), 'bulk')
    expect(Math.max(...(column(stopped.table, 'time_s') as number[]))).toBe(0.245)
  })

  test('CPU over time adds up the nodes', () => {
    const row = rowsOf(cpuOverTimeChart(run, null).table).find((each) => each['variant'] === 'host' && each['time_s'] === 0.505)!
    const nodes = ['node-1', 'node-2'].map(
      (node) => rowsOf(cpuOverTimeChart(run, node).table).find((each) => each['variant'] === 'host' && each['time_s'] === 0.505)!,
    )
    expect(row['cpu_cores_mean']).toBeCloseTo((nodes[0]!['cpu_cores_mean'] as number) + (nodes[1]!['cpu_cores_mean'] as number), 9)
  })
})

describe('latency', () => {
  test('percentiles are those of the seeds, with the 95 % interval of their mean', () => {
    const { table } = latencyPercentilesChart(run, 'ping')
    const row = rowsOf(table).find((each) => each['figure'] === 'Latency p99' && each['variant'] === 'calico-ipip')!
    const seeds = fake.result.variants[1]!.seeds.map((seed) => seed.traffic[1]!.latencyNs!.p99)
    const mean = seeds.reduce((sum, value) => sum + value, 0) / 5
    const deviation = Math.sqrt(seeds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4)
    expect(row['mean_ns']).toBeCloseTo(mean, 6)
    expect(row['ci95_ns']).toBeCloseTo((2.776 * deviation) / Math.sqrt(5), 6)
  })

  test('the distribution merges all seeds, rises to all of the samples and keeps its units', () => {
    const { table } = latencyCdfChart(run, 'ping', 'cumulative')
    const host = rowsOf(table).filter((each) => each['variant'] === 'host')
    const shares = host.map((row) => row['cumulative_share'] as number)
    expect(host[0]!['samples']).toBe(5 * 4000)
    expect(shares.at(-1)).toBe(1)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    const median = host.find((row) => (row['cumulative_share'] as number) >= 0.5)!['latency_ns'] as number
    expect(median).toBeGreaterThan(29_000)
    expect(median).toBeLessThan(33_000)
  })
})

describe('CPU by stage', () => {
  const nodes = ['node-2', 'node-1']

  test('the rows of a node and variant sum to its busy cores', () => {
    const { table } = cpuByStageChart(run, { nodes, group: null, measure: 'cores' })
    const own = rowsOf(table).filter((row) => row['node'] === 'node-2' && row['variant'] === 'calico-ipip')
    const busy = fake.result.variants[1]!.seeds.reduce((sum, seed) => sum + seed.nodes[1]!.busyCores, 0) / 5
    expect(own.reduce((sum, row) => sum + (row['cpu_cores'] as number), 0)).toBeCloseTo(busy, 9)
    expect(own.find((row) => row['stage'] === 'nf-conntrack')).toMatchObject({
      group: 'Netfilter',
      does: 'nf_conntrack_in: finds the connection; a first packet makes an entry.',
    })
  })

  test('per gigabit divides by the goodput of all traffic', () => {
    const perGigabit = rowsOf(cpuByStageChart(run, { nodes, group: null, measure: 'cores per Gbit/s' }).table)
    const cores = rowsOf(cpuByStageChart(run, { nodes, group: null, measure: 'cores' }).table)
    const gigabits = fake.result.variants[0]!.seeds.reduce((sum, seed) => sum + seed.traffic.reduce((all, entry) => all + entry.goodputBps, 0), 0) / 5 / 1e9
    expect(perGigabit[0]!['cpu_cores_per_gbps']).toBeCloseTo((cores[0]!['cpu_cores'] as number) / gigabits, 12)
  })
})

describe('difference to the baseline', () => {
  test('it has the change of each figure and its interval, and not the payload of transactions', () => {
    const rows = rowsOf(differenceChart(run, run.traffic).table)
    expect(rows.some((row) => row['figure'] === 'Goodput' && row['of'] === 'ping')).toBe(false)
    const change = rows.find((row) => row['figure'] === 'Goodput' && row['of'] === 'bulk' && row['variant'] === 'calico-ipip')!
    const [host, calico] = fake.result.variants.map((variant) => variant.seeds.map((seed) => seed.traffic[0]!.goodputBps))
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    expect(change['change']).toBeCloseTo(sum(calico!) / sum(host!) - 1, 12)
    expect(change['seeds']).toBe(5)
  })

  test('with one seed there is a difference without an interval', () => {
    const rows = rowsOf(differenceChart(chartRun(fakeRun({ seeds: 1 })), ['bulk']).table)
    const change = rows.find((row) => row['variant'] === 'calico-ipip')!
    expect(change['change']).not.toBeNull()
    expect(change['change_ci95']).toBeNull()
  })

  test('an interval far longer than all others leaves the axis to them', () => {
    const look = { theme: lightChartTheme, frame: 'window', hidden: new Set<string>(), width: 0 } as const
    const widest = (figures: typeof run.figures): number =>
      (differenceChart({ ...run, figures }, run.traffic).option(look)['xAxis'] as { readonly max: number }).max
    const unsure = run.figures.map((each) => each.figure.id === 'latency-p99' && each.difference?.relative
      ? { ...each, difference: { ...each.difference, relative: { ...each.difference.relative, ci95: 40 } } }
      : each)
    expect(unsure).not.toEqual(run.figures)
    expect(widest(unsure)).toBeLessThan(3 * widest(run.figures))
  })
})

describe('tooltips', () => {
  const look = { theme: lightChartTheme, frame: 'window', hidden: new Set<string>(), width: 0 } as const
  const plain = (tooltip: Tooltip | null): string[] =>
    tooltip ? [tooltip.title, ...tooltip.lines.flatMap(({ label, value, note }) => [`${label}: ${value}`, note ?? ''])].map((text) => text.replaceAll('\u202f', ' ')) : []

  test('over time they tell mean and range of every line at one time', () => {
    const items = run.variants.map(({ name }) => ({ seriesName: name, dataIndex: 10 }))
    const [title, host, range] = plain(throughputChart(run, 'bulk').describe(items, look))
    expect([title, host]).toEqual(['At 0.105 s', expect.stringMatching(/^host: 9\.\d\d Gbit\/s$/)])
    expect(range).toMatch(/^9\.\d\d Gbit\/s … 9\.\d\d Gbit\/s$/)
  })

  test('on CPU they tell what each stage of the segment costs and does, also while a variant is hidden', () => {
    const chart = cpuByStageChart(run, { nodes: ['node-2'], group: null, measure: 'cores' })
    const told = (dataIndex: number, hidden: string[]): string[] =>
      plain(chart.describe([{ seriesName: 'Netfilter', dataIndex }], { ...look, hidden: new Set(hidden) }))
    expect(told(2, [])).toEqual(told(1, ['host']))
    expect(told(2, [])[0]).toBe('calico-ipip on node-2')
    expect(told(2, [])).toContain('nf_conntrack_in: finds the connection; a first packet makes an entry.')
    expect(told(0, [])).toEqual([])
  })

  test('on differences they tell the change, its interval and both figures', () => {
    const chart = differenceChart(run, run.traffic)
    expect(plain(chart.describe([{ seriesName: 'calico-ipip', dataIndex: 0 }], look))).toEqual([
      'Goodput · bulk', 'calico-ipip: −1.4 %', '95 % interval ± 0.1 %, 5 seeds.', 'Figure: 9.09 Gbit/s instead of 9.22 Gbit/s', '',
    ])
    expect(chart.describe([{ seriesName: 'host', dataIndex: 0 }], look)).toBeNull()
  })
})

describe('tables', () => {
  test('the table of all figures has a row per figure, subject and variant, each in its own unit', () => {
    const figures = compareFigures(fake.result, 'host')
    const table = figureTable(figures)
    expect(rowCount(table)).toBe(figures.length)
    const memory = rowsOf(table).findIndex((row) => row['figure'] === 'Memory' && row['variant'] === 'calico-ipip')
    expect(column(table, 'unit')[memory]).toBe('B')
    expect(cellText(table.columns.find((each) => each.key === 'mean')!, memory).replaceAll('\u202f', ' ')).toBe('180 MiB')
  })

  test('links and drops are means over the seeds', () => {
    const link = rowsOf(linkTable(run)).find((row) => row['link'] === 'tor-a → spine-1' && row['variant'] === 'calico-ipip')!
    expect(link['drops_packets']).toBe(12)
    expect(link['utilisation_share']).toBeGreaterThan(0.9)
    expect(rowsOf(dropTable(run))).toEqual([
      expect.objectContaining({ reason: 'qdisc-full', variant: 'calico-ipip', drops_packets: 12, counter: 'tc -s qdisc: dropped' }),
    ])
  })

  test('tables of connections are means over the seeds that had entries there', () => {
    const [host, ...others] = fake.result.variants
    const seeds = host!.seeds.map((seed, index) => ({
      ...seed,
      nodes: seed.nodes.map((node, at) => ({
        ...node,
        ...(at === 0 && {
          tracking: [{ table: 'nf_conntrack', peak: 100 + index * 2, limit: 1000, made: 500, evicted: 3, refused: 7, memoryBytes: 32_000 }],
        }),
      })),
    }))
    const tracked = chartRun({ ...fake, result: { ...fake.result, variants: [{ ...host!, seeds }, ...others] }, warmupSeconds: 0.1 })
    expect(rowsOf(trackingTable(tracked))).toEqual([
      {
        node: seeds[0]!.nodes[0]!.name, variant: host!.name, table: 'nf_conntrack',
        peak: 100 + seeds.length - 1, limit: 1000, made: 500, given_up: 3, refused_packets: 7, memory_B: 32_000,
      },
    ])
    expect(rowCount(trackingTable(run))).toBe(0)
  })
})

describe('a run under way', () => {
  test('looks at other times for each seed are brought to one time axis', () => {
    const chart = liveThroughputChart(
      {
        variants: [{ name: 'host', style: variantStyle(0) }],
        traffic: ['bulk', 'ping'],
        durationSeconds: 1,
        warmupSeconds: 0.1,
        faults: [],
        tasks: [
          { variant: 'host', samples: [{ seconds: 0.02, goodputBps: [100, 1] }, { seconds: 0.04, goodputBps: [200, 2] }] },
          { variant: 'host', samples: [{ seconds: 0.03, goodputBps: [400, 4] }] },
        ],
      },
      'bulk',
    )
    expect(rowsOf(chart.table).map((row) => [row['time_s'], row['throughput_bps_mean'], row['throughput_bps_max']])).toEqual([
      [0.005, 250, 400],
      [0.015, 250, 400],
      [0.025, 300, 400],
      [0.035, 200, 200],
    ])
  })
})
