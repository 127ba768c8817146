import { parseMeasurementTable, type MeasurementTable } from '#main/analysis/prediction/index'

/** A testbed about which everything is known. */
export const TESTBED = {
  nicGbps: 10,
  underlayMtu: 1500,
  kernel: '5.15',
  cpuModel: 'some',
  cpuGhz: 3,
  cpuThreads: 8,
  sendBytes: 131_072,
  requestBytes: 1,
  responseBytes: 1,
  zeroCopy: false,
  tool: 'iperf3',
  cpuMeter: 'none',
}

/** A row of the host network, with changes. */
export function tableRow(changes: object = {}): object {
  return {
    key: 'host',
    variant: { cni: 'none' },
    scope: 'node-to-node',
    metric: 'tcp-stream-gbps',
    streams: 1,
    value: 9.4,
    use: 'score',
    ...changes,
  }
}

/** The text of a table. */
export function tableText(rows: readonly object[], changes: object = {}): string {
  return JSON.stringify({
    schema: 'cnilab/measurements/v1',
    id: 'test',
    title: 'A table',
    url: 'https://example.org',
    year: 2024,
    quality: 'raw_data',
    caveat: 'none',
    testbed: TESTBED,
    baseline: null,
    rows,
    ...changes,
  })
}

/** A table. Throws with its problems where it is not valid. */
export function makeTable(rows: readonly object[], changes: object = {}): MeasurementTable {
  const parsed = parseMeasurementTable(tableText(rows, changes))
  if ('table' in parsed) return parsed.table
  throw new Error(JSON.stringify(parsed.problems))
}
