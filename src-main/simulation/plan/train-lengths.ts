import { isDistribution, type Lab, type Traffic } from '#shared/lab/index'
import { TRANSPORT_BYTES } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import type { CniNetwork } from '../cni/common/index'
import type { HostDefaults } from './calibration'
import { offloadsOf } from './direction-builder'
import type { EndPair } from './end-pair'

/** What the length of trains depends on beside their ends. */
interface TrainPlaces {
  readonly lab: Lab
  readonly network: CniNetwork
  readonly defaults: HostDefaults
}

/** IPv4's longest packet, to which GRO merges (GRO_LEGACY_MAX_SIZE less one). */
const LONGEST_PACKET = 65_535

/** Streams make trains of segments, and so do messages that do not fit one. */
export function makesTrains({ kind, request, response }: Traffic, segmentBytes: number): boolean {
  if (kind === 'tcp-stream') return true
  return [request, response].some((size) => isDistribution(size) || (size ?? 0) > segmentBytes)
}

/** Segments in the longest train that a sender builds. */
export function longestSent({ defaults, network }: TrainPlaces, pair: EndPair, segmentBytes: number): number {
  const longest = ofPods(network, pair) ?? defaults.of('gsoMaxBytes')
  return segmentsIn(longest - 1 - defaults.of('gsoHeaderReserve'), segmentBytes)
}

/** Segments in the longest train that a receiver merges, where one of both ends does; which, its programs say. */
export function longestMerged({ lab, network }: TrainPlaces, pair: EndPair, segmentBytes: number): number {
  if (!offloadsOf(lab, pair.client).gro && !offloadsOf(lab, pair.server).gro) return 1
  return segmentsIn((ofPods(network, pair) ?? LONGEST_PACKET) - IPV4.length - TRANSPORT_BYTES.tcp, segmentBytes)
}

/** The longest train that a plugin gives its pods; undefined where it keeps the kernel's, or an end is no pod. */
function ofPods({ largestTrainBytes }: CniNetwork, { client, server }: EndPair): number | undefined {
  return client.kind === 'pod' && server.kind === 'pod' ? largestTrainBytes : undefined
}

function segmentsIn(bytes: number, segmentBytes: number): number {
  return Math.max(1, Math.floor(bytes / segmentBytes))
}
