import type { Trace, TraceHop } from '#shared/contract/trace'
import { writePcapng, type CapturedPacket, type CaptureInterface } from '#shared/wire/index'

import { hopBytes } from './hop-bytes'

/**
 * A capture of traces: a frame for every device crossed, in order, with an interface for each device. Times are what the
 * stages cost up to there, one trace after the other.
 */
export function captureOf(traces: readonly Trace[]): Uint8Array {
  const interfaces: CaptureInterface[] = []
  const numbers = new Map<string, number>()
  const packets: CapturedPacket[] = []
  let atNs = 0
  for (const [trace, hop] of traces.flatMap((each) => each.hops.map((hop) => [each, hop] as const))) {
    atNs += hop.costNs
    const isSwitch = hop.context === 'switch' && hop.stage !== 'drop'
    if (hop.captured === undefined && !isSwitch) continue
    const name = `${hop.node} ${hop.device}`
    const key = `${name} ${hop.linkType}`
    const on = numbers.get(key) ?? interfaces.length
    if (on === interfaces.length) interfaces.push({ name, description: describe(hop), link: hop.linkType })
    numbers.set(key, on)
    packets.push({ on, atNs: Math.round(atNs), bytes: hopBytes(hop), comment: commentOf(trace, hop) })
  }
  return writePcapng(interfaces, packets)
}

function describe({ node, device, linkType }: TraceHop): string {
  return `${device} of ${node}, ${linkType === 'raw' ? 'raw IP' : 'Ethernet'}`
}

function commentOf({ variant }: Trace, { direction, stage, captured, decidedBy, checksum }: TraceHop): string {
  const way = captured === undefined ? 'sent' : captured === 'out' ? 'handed to the device' : 'received from the device'
  const notes = [`${variant}, ${direction}, ${stage}: ${way}`]
  if (checksum === 'offloaded') notes.push('the checksum is left to the NIC here; these bytes have it complete')
  if (decidedBy !== undefined) notes.push(`decided by ${decidedBy}`)
  return notes.join('; ')
}
