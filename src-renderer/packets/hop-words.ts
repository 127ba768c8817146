import type { Trace, TraceHop } from '#shared/contract/trace'
import { STAGES } from '#shared/plan/index'
import type { ReadHop } from '#shared/trace/index'

/** Stages that only a trace has. */
const ON_THE_WAY: Readonly<Record<string, string>> = {
  'switch-route': 'The switch routes the packet: it looks up the longest prefix, lowers the TTL and writes new Ethernet addresses.',
  'switch-bridge': 'The switch forwards the frame by its Ethernet address and leaves it as it is.',
  drop: 'The packet ends here.',
}

/** What happens in a stage, in a sentence. */
export function stageSentence(stage: string): string {
  return STAGES.find(({ id }) => id === stage)?.does ?? ON_THE_WAY[stage] ?? ''
}

/** A context of the kernel, as people call it. */
export function contextWord(context: string): string {
  if (context === 'inherit') return 'caller’s'
  return context === 'napi' ? 'NAPI' : context
}

/** A whole number of nanoseconds or bytes; with thousands apart. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en').replaceAll(',', '\u202f')
}

/** A difference, with its sign. */
export function signedNumber(value: number): string {
  const rounded = Math.round(value)
  if (rounded === 0) return '0'
  return `${rounded > 0 ? '+' : '−'}${wholeNumber(Math.abs(rounded))}`
}

/** How a trace ends. */
export function verdictWords({ verdict, reason }: Trace): string {
  if (verdict === 'delivered') return 'delivered'
  return reason === undefined ? 'dropped' : `dropped: ${reason.replaceAll('-', ' ')}`
}

/** One thing to know about a hop. */
export interface HopFact {
  readonly name: string
  readonly value: string
  /** Whether it says why the packet ends here. */
  readonly isLoss?: boolean
}

/** What there is to know about a hop beside its bytes. */
export function hopFacts(hop: TraceHop): readonly HopFact[] {
  const facts: HopFact[] = []
  if (hop.counter !== undefined) facts.push({ name: 'Dropped', value: `a real node counts it in ${hop.counter}`, isLoss: true })
  if (hop.decidedBy !== undefined) facts.push({ name: 'Decided by', value: hop.decidedBy })
  facts.push({ name: 'Device', value: `${hop.device}, ${hop.linkType === 'raw' ? 'raw IP' : 'Ethernet'}` })
  if (hop.core !== undefined) facts.push({ name: 'Core', value: hop.core })
  if (hop.queue !== undefined || (hop.waitNs ?? 0) > 0) facts.push({ name: 'Waits', value: waitWords(hop) })
  if (hop.costSource !== undefined) facts.push({ name: 'Price from', value: hop.costSource })
  if (hop.change !== undefined) facts.push({ name: 'Changes', value: hop.change })
  for (const { table, lookup, capacity, asks, result } of hop.reads ?? []) {
    const size = capacity === undefined ? '' : `, ${wholeNumber(capacity)} entries at most`
    const answer = result === undefined ? '' : ` → ${result}`
    facts.push({ name: 'Looks up', value: `${table} (${lookup}${size}): ${asks}${answer}` })
  }
  facts.push({ name: 'Checksum', value: CHECKSUMS[hop.checksum] })
  if (hop.captured !== undefined) facts.push({ name: 'Capture', value: CAPTURES[hop.captured](hop.device) })
  return facts
}

/** Queues by the names that traces have for them. */
const QUEUES: Readonly<Record<string, string>> = {
  nic: 'the NIC’s receive ring', backlog: 'the core’s backlog', groCell: 'the tunnel’s GRO cell', worker: 'the workers’ queue', peer: 'the peer’s ring',
}

/** Where and how long a packet waits: a trace is of an idle network, a packet of a run was seen waiting. */
function waitWords({ queue, waitNs }: TraceHop): string {
  const where = queue === undefined ? 'for the core' : `in ${QUEUES[queue] ?? queue}`
  if (waitNs === undefined) return `${where}; how long was not seen`
  return waitNs === 0 ? `${where}: not at all` : `${where}: ${wholeNumber(waitNs)} ns`
}

const CHECKSUMS: Readonly<Record<TraceHop['checksum'], string>> = {
  complete: 'complete',
  offloaded: 'left to the NIC: a capture here shows only its start; these bytes have it complete',
}

const CAPTURES: Readonly<Record<NonNullable<TraceHop['captured']>, (device: string) => string>> = {
  out: (device) => `on ${device}: these bytes, as they are handed to it`,
  in: (device) => `on ${device}: these bytes, as they come from it`,
}

/** A hop as text, for a report or a message: where, then every field; what changed is marked. */
export function hopText(hop: TraceHop, { headers, removed }: ReadHop): string {
  const lines = [`${hop.direction}: ${hop.node} ${hop.device}, ${hop.stage} (${hop.context}), ${Math.round(hop.costNs)} ns${hop.waitNs === undefined ? '' : ` after ${hop.waitNs} ns of waiting`}, ${hop.hex.length / 2} bytes`]
  if (removed.length > 0) lines.push(`taken off: ${removed.join(', ')}`)
  return `${[...lines, ...headerLines(headers)].join('\n')}\n`
}

/** Headers as lines of text, field by field. */
export function headerLines(headers: ReadHop['headers']): string[] {
  return headers.flatMap(({ layer, added, fields, length }) => [
    `${layer}, ${length} bytes${added ? ' (put on)' : ''}`,
    ...fields.map(({ name, value, before }) => `  ${name} = ${value}${before === undefined ? '' : ` (was ${before})`}`),
  ])
}

const LAYERS: Readonly<Record<string, string>> = {
  ethernet: 'Ethernet', arp: 'ARP', ipv4: 'IPv4', ipv6: 'IPv6', icmp: 'ICMP', icmpv6: 'ICMPv6', tcp: 'TCP', udp: 'UDP',
  vxlan: 'VXLAN', geneve: 'Geneve', wireguard: 'WireGuard', esp: 'ESP', payload: 'Data',
}

/** A layer, as people write it. */
export function layerWord(layer: string): string {
  return LAYERS[layer] ?? layer
}
