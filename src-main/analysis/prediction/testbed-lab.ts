import { kernelTraits } from './kernel-traits'
import type { MeasurementRow, MeasurementTable, Testbed } from './measurement-table'
import { queuesByCore } from './overtaking'
import { labVariant, POD_CIDR } from './variant-settings'

/**
 * What is not known of a testbed is taken to be this. The clock lies between those of the two hosts that are known: 3.7 GHz
 * (InfraBuilder 2020), and some 2.4 GHz, which explains the baseline of InfraBuilder 2024.
 */
const DEFAULTS = { underlayMtu: 1500, ghz: 2.8, threads: 32, messageBytes: 1 }
/** Traffic without a pause: a rate that no host reaches, as a multiple of the NIC's. */
const UNPACED = 10
/** IPv4 and TCP header with timestamps, in front of a full segment. */
const SEGMENT_HEADER_BYTES = 52
/**
 * Simulated time of a run and of its warm-up, by which slow start is over, ms. Streams take longer: where their packets
 * overtake each other, windows swing over tens of milliseconds.
 */
const RUN = { least: 40, streams: 120, warmup: 15 }
/**
 * For how long transactions are counted where one client makes them, ms: thousands, so that their number tells differences
 * of a thousandth. More clients make as many in less.
 */
const COUNTED = 200
const SERVICE_PORT = 80
const SERVER_PORT = 5201

/** What is known, or was fitted, of a testbed's hosts beyond the lab. */
export interface HostConstants {
  readonly ghz: number
  /** Figures of the calibration's host defaults, by name. */
  readonly defaults: Readonly<Record<string, number>>
}

/** A host about which only the table's facts are known. */
export function nominalHost({ cpuGhz }: Testbed): HostConstants {
  return { ghz: cpuGhz ?? DEFAULTS.ghz, defaults: {} }
}

/**
 * The lab in which a row is measured again: two nodes at one switch, a client and a server. `nicMtu` is the MTU of the
 * nodes' interfaces; datagrams fill segments of `segmentBytes`.
 */
export function testbedLab(
  table: MeasurementTable,
  row: MeasurementRow,
  { ghz, nicMtu, segmentBytes }: { readonly ghz: number; readonly nicMtu: number; readonly segmentBytes: number },
): string {
  const { testbed } = table
  const threads = testbed.cpuThreads ?? DEFAULTS.threads
  const rate = `${testbed.nicGbps}Gbit`
  const traits = kernelTraits(table, row)
  const node = (name: string) => ({
    name,
    cpu: { cores: threads, ghz },
    nic: { rate, mtu: nicMtu, queues: threads, xps: queuesByCore(table, row), offloads: { tunnel: traits.tunnelOffload } },
    uplinks: [{ switch: 'tor', delay: '500ns' }],
  })
  const isLocal = row.scope === 'same-node'
  return JSON.stringify({
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'testbed', description: `${table.id}: ${row.key}, ${row.scope}, ${row.metric}, ${row.streams} streams` },
    spec: {
      fabric: { switches: [{ name: 'tor', role: 'tor' }] },
      nodes: [node('node-1'), node('node-2')],
      cluster: {
        podCIDR: POD_CIDR,
        workloads: [
          { name: 'client', replicas: 1, nodes: ['node-1'] },
          { name: 'server', labels: { app: 'server' }, replicas: 1, nodes: [isLocal ? 'node-1' : 'node-2'] },
        ],
        ...(row.scope === 'pod-to-service' && { manifests: [service(row)] }),
      },
      variants: [labVariant(row.variant, traits)],
      traffic: [{ name: 'measured', ...ends(row), ...application(testbed, row, segmentBytes), streams: row.streams }],
      run: { duration: `${durationOf(row)}ms`, warmup: `${RUN.warmup}ms`, seeds: 1 },
    },
  })
}

function durationOf({ metric, streams }: MeasurementRow): number {
  if (metric.endsWith('gbps')) return RUN.streams
  return Math.max(RUN.least, RUN.warmup + Math.ceil(COUNTED / streams))
}

/** The MTU of the nodes' interfaces, as far as the table tells. */
export function underlayMtu({ underlayMtu: mtu }: Testbed): number {
  return mtu ?? DEFAULTS.underlayMtu
}

/** The segment size that a row was measured with; undefined where the plugin's own MTU decides. */
export function measuredSegmentBytes({ mss, podMtu }: MeasurementRow): number | undefined {
  return mss ?? (podMtu === undefined ? undefined : podMtu - SEGMENT_HEADER_BYTES)
}

function ends({ scope }: MeasurementRow): object {
  const pod = (name: string) => ({ pod: `default/${name}-0` })
  switch (scope) {
    case 'node-to-node':
      return { from: { node: 'node-1' }, to: { node: 'node-2', port: SERVER_PORT } }
    case 'pod-to-pod':
    case 'same-node':
      return { from: pod('client'), to: { ...pod('server'), port: SERVER_PORT } }
    case 'pod-to-service':
      return { from: pod('client'), to: { service: 'default/server', port: SERVICE_PORT } }
  }
}

function service({ metric }: MeasurementRow): object {
  const protocol = metric.startsWith('udp') ? 'UDP' : 'TCP'
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'server', namespace: 'default' },
    spec: { selector: { app: 'server' }, ports: [{ port: SERVICE_PORT, targetPort: SERVER_PORT, protocol }] },
  }
}

function application(testbed: Testbed, { metric }: MeasurementRow, segmentBytes: number): object {
  const { sendBytes, zeroCopy, requestBytes, responseBytes, nicGbps } = testbed
  const messages = {
    request: `${requestBytes ?? DEFAULTS.messageBytes}B`,
    response: `${responseBytes ?? DEFAULTS.messageBytes}B`,
  }
  switch (metric) {
    case 'tcp-stream-gbps':
      return {
        kind: 'tcp-stream',
        ...(sendBytes !== undefined && { payload: `${sendBytes}B` }),
        ...(zeroCopy && { sendfile: true }),
      }
    case 'udp-stream-gbps':
      // iperf3 fills a segment with a datagram; a shorter write is one shorter datagram.
      return { kind: 'udp-stream', rate: `${nicGbps * UNPACED}Gbit`, payload: `${Math.min(sendBytes ?? segmentBytes, segmentBytes)}B` }
    case 'tcp-rr-per-s':
    case 'tcp-rr-us':
    case 'tcp-pingpong-us':
      return { kind: 'tcp-rr', ...messages }
    case 'udp-rr-per-s':
      return { kind: 'udp-rr', ...messages }
    case 'tcp-crr-per-s':
    case 'tcp-crr-us':
      return { kind: 'tcp-crr', ...messages }
  }
}
