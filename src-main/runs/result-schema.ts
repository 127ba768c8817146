import { z } from 'zod'

import {
  COMPLETION_CLASSES,
  type CarriedTraffic,
  type CompletionSummary,
  type Estimate,
  type LatencySummary,
  type LinkResult,
  type NodeResult,
  type ResultFault,
  type RunResult,
  type RunWarning,
  type SeedResult,
  type TrackingResult,
  type TrafficResult,
  type VariantResult,
} from '#shared/metrics/index'
import { COUNTING_DATA_PLANES } from '#shared/plan/index'

/** A schema for every field of a type, so that the two can't part. Fields of later versions pass unread. */
type Fields<Value> = { readonly [Field in keyof Value]-?: z.ZodType<Value[Field]> }

const amount = z.number().min(0)
const count = z.int().min(0)
const byName = z.record(z.string(), amount)

const latency = z.looseObject({
  min: amount, mean: amount, p50: amount, p90: amount, p99: amount, p999: amount, max: amount,
} satisfies Fields<LatencySummary>)

const completion = z.looseObject({
  class: z.enum(COMPLETION_CLASSES.map(({ id }) => id)),
  count,
  meanNs: amount,
  p50Ns: amount,
  p99Ns: amount,
  slowdown: z.looseObject({ mean: amount, p50: amount, p99: amount }).exactOptional(),
} satisfies Fields<CompletionSummary>)

const traffic = z.looseObject({
  name: z.string(),
  kind: z.string(),
  goodputBps: amount,
  packetsSent: count,
  packetsDelivered: count,
  transactionsPerSecond: amount.exactOptional(),
  retransmits: count.exactOptional(),
  outOfOrder: count.exactOptional(),
  latencyNs: latency.exactOptional(),
  flowCompletion: z.array(completion).exactOptional(),
  receiveQueues: z.array(z.string()).exactOptional(),
} satisfies Fields<TrafficResult>)

const tracking = z.looseObject({
  table: z.string(), peak: count, limit: count, made: count, evicted: count, refused: count, memoryBytes: amount,
} satisfies Fields<TrackingResult>)

const node = z.looseObject({
  name: z.string(),
  busyCores: amount,
  busiestCore: amount.exactOptional(),
  cpuByStage: byName,
  memoryBytes: amount,
  timeSqueezes: count.exactOptional(),
  icmp: byName.exactOptional(),
  tracking: z.array(tracking).exactOptional(),
} satisfies Fields<NodeResult>)

const link = z.looseObject({
  ends: z.tuple([z.string(), z.string()]), utilisation: amount, drops: count,
} satisfies Fields<LinkResult>)

const seed = z.looseObject({
  seed: count,
  trajectoryHash: z.string(),
  packets: z.looseObject({ sent: count, delivered: count, dropped: count, inFlight: count } satisfies Fields<SeedResult['packets']>),
  traffic: z.array(traffic),
  nodes: z.array(node),
  links: z.array(link),
  drops: byName,
  packetHops: count,
  events: count,
  wallSeconds: amount,
} satisfies Fields<SeedResult>)

const estimate = z.looseObject({ mean: z.number(), ci95: amount } satisfies Fields<Estimate>)

const carried = z.looseObject({
  traffic: z.string(), payloadBytes: amount, headerBytes: amount, framingBytes: amount,
} satisfies Fields<CarriedTraffic>)

const variant = z.looseObject({
  name: z.string(),
  seeds: z.array(seed),
  summary: z.record(z.string(), z.record(z.string(), estimate)),
  carried: z.array(carried).exactOptional(),
  dataPlane: z.enum(COUNTING_DATA_PLANES).exactOptional(),
} satisfies Fields<VariantResult>)

const fault = z.looseObject({
  kind: z.string(), title: z.string(), atSeconds: amount, untilSeconds: amount.exactOptional(),
} satisfies Fields<ResultFault>)

/** `results.json` as it may come from anybody: a script, an editor, a disk that was full. */
export const runResultSchema: z.ZodType<RunResult> = z.looseObject({
  schema: z.literal('cnilab/result/v1'),
  lab: z.string(),
  labHash: z.string(),
  durationSeconds: amount,
  faults: z.array(fault).exactOptional(),
  stops: byName.exactOptional(),
  variants: z.array(variant),
  warnings: z.array(z.looseObject({ code: z.string(), message: z.string() } satisfies Fields<RunWarning>)),
} satisfies Fields<RunResult>)
