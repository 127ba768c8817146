import { bareNetwork, type FlowSpec } from '#main/simulation/bench/index'
import { describe, expect, it } from 'vitest'

import { makeLab } from '../support/make-lab'
import { planOf } from '../support/plan-of'
import { watchPlan, type SocketPacket } from '../support/watch-plan'

const MS = 1e6
const RTT = 20
const MSS = 1448

/** What passes the sockets of a node and another one 10 ms away, at 10 Gbit/s and no cost. */
function watch(traffic: object, { seconds = 1, silent }: { seconds?: number; silent?: { at: string; until?: string } } = {}): SocketPacket[] {
  const uplink = (delay: string) => [{ switch: 'tor', delay, queue: '100MB' }]
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [
      { name: 'a', nic: { rate: '10Gbit' }, uplinks: uplink('10ms') },
      { name: 'b', nic: { rate: '10Gbit' }, uplinks: uplink('0us') },
    ],
    variants: [{ name: 'host', cni: 'none' }],
    traffic: [{ name: 't', kind: 'tcp-stream', from: { node: 'a' }, to: { node: 'b' }, ...traffic }],
    faults: silent === undefined ? [] : [{ kind: 'link-silent', link: ['a', 'tor'], ...silent }],
    run: { duration: `${seconds}s`, warmup: '0s', hostCosts: false },
  })
  return watchPlan(planOf(lab, 'host'))
}

const msOf = ({ atNs }: SocketPacket): number => Math.round(atNs / MS)
const sentData = (packets: readonly SocketPacket[]) => packets.filter(({ leaves, fromClient, bytes }) => leaves && fromClient && bytes > 0)
/** Times, in ms, after the first of a list. */
const since = (packets: readonly SocketPacket[]): number[] => packets.map((packet) => Math.round((packet.atNs - packets[0]!.atNs) / MS))

/** Writes of ten segments each 100 ms; what happens is timed by the write at 520 ms. */
const BURSTS = { payload: `${10 * MSS}B`, rate: `${(10 * MSS * 8) / 100}kbit` }
const BURST_MS = 520

describe('a SYN that nobody answers', () => {
  it('goes again after 1, 3, 7, 15, 31 and 63 s, and no more (tcp_syn_retries 6)', () => {
    const syns = watch({}, { seconds: 300, silent: { at: '0s' } }).filter(({ leaves, isSyn }) => leaves && isSyn)
    expect(since(syns).map((ms) => ms / 1000)).toEqual([0, 1, 3, 7, 15, 31, 63])
  })
})

describe('an answer to a SYN that nobody acknowledges', () => {
  it('goes again after 1, 3, 7, 15 and 31 s, and no more (tcp_synack_retries 5)', () => {
    // The SYN has 10 ms to go, and is past the switch's port when that falls silent.
    const answers = watch({}, { seconds: 300, silent: { at: '5ms' } }).filter(({ leaves, fromClient, isSyn }) => leaves && !fromClient && isSyn)
    expect(since(answers).map((ms) => ms / 1000)).toEqual([0, 1, 3, 7, 15, 31])
  })
})

describe('a handshake with ECN', () => {
  const syns = (silent: object) =>
    watch({ ...BURSTS, congestion: 'dctcp' }, { seconds: 3, silent: { at: '0s', ...silent } }).filter(({ leaves, isSyn }) => leaves && isSyn)
  const echoes = (packets: SocketPacket[], fromClient: boolean) =>
    packets.filter((packet) => packet.fromClient === fromClient).map(({ hasEce }) => hasEce)

  it('asks for it in the first SYN alone (RFC 3168, section 6.1.1.1), and gets no answer that agrees', () => {
    const packets = syns({ until: '500ms' })
    expect(echoes(packets, true)).toEqual([true, false])
    expect(echoes(packets, false)).toEqual([false])
  })

  it('agrees in every answer, as it did in the one that was lost', () => {
    const answers = echoes(syns({ at: '5ms', until: '500ms' }), false)
    expect(answers.length).toBeGreaterThan(1)
    expect(new Set(answers)).toEqual(new Set([true]))
  })
})

describe('a segment that nobody acknowledges', () => {
  it('is probed for and then sent again, each time after twice as long, at most 120 s', () => {
    const packets = sentData(watch({ kind: 'tcp-rr', rate: '1600bit' }, { seconds: 400, silent: { at: '95ms' } }))
    const last = packets.filter(({ sequence }) => sequence === packets.at(-1)!.sequence)
    const gaps = since(last).slice(1).map((ms, i) => ms - since(last)[i]!)
    // The timeout is a round trip and TCP_RTO_MIN, 200 ms, which cuts the probe's 2 SRTT + 200 ms short.
    const timeout = RTT + 200
    const doubled = Array.from({ length: 10 }, (_, i) => timeout * 2 ** i).filter((ms) => ms < 120_000)
    expect(gaps).toEqual([timeout, ...doubled, 120_000])
  })

  it('is waited for no longer than its timeout, whatever is sent behind it (RFC 8985, section 7.2)', () => {
    // A write each 32 ms, sooner than the probe for the one before: that would be put off until the window is full.
    const packets = watch({ payload: '100B', rate: '25kbit', noDelay: true }, { silent: { at: '300ms' } })
    const acknowledged = Math.max(...packets.filter(({ leaves, fromClient }) => !leaves && !fromClient).map((packet) => packet.acknowledged))
    const head = sentData(packets).find(({ sequence }) => sequence === acknowledged)!
    const probe = sentData(packets).find(({ isSentAgain }) => isSentAgain)!
    expect(probe.sequence).toBeGreaterThan(head.sequence + 4 * head.bytes)
    expect((probe.atNs - head.atNs) / MS).toBeCloseTo(RTT + 200, 0)
  })
})

describe('a burst of ten segments', () => {
  it('that loses its end is probed two round trips and 2 ms after the last news (RFC 8985, section 7.2)', () => {
    // The last six of ten segments are lost, and no others are written before the probe.
    const bursts = { payload: `${10 * MSS}B`, rate: `${(10 * MSS * 8) / 200}kbit` }
    const packets = watch(bursts, { silent: { at: '620004500ns', until: '625ms' } })
    const burst = sentData(packets).filter(({ atNs }) => atNs >= 619 * MS)
    const probe = burst.find(({ isSentAgain }) => isSentAgain)!
    const news = packets.findLast(({ leaves, fromClient, atNs }) => !leaves && !fromClient && atNs < probe.atNs)!
    expect((probe.atNs - news.atNs) / MS).toBeCloseTo(2 * RTT + 2, 0)
    expect(probe.sequence + probe.bytes).toBe(burst[0]!.sequence + 10 * MSS)
    // What the probe's answer tells is sent again, one for each that arrives (PRR, RFC 6937), and no timeout is needed.
    const repaired = burst.filter(({ isSentAgain }) => isSentAgain)
    expect(repaired.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(6 * MSS)
    expect(repaired.at(-1)!.atNs - probe.atNs).toBeLessThan((200 + RTT) * MS)
  })

  it('that loses segments in its middle is whole again a round trip after the first selective acknowledgement', () => {
    const packets = watch(BURSTS, { silent: { at: `${BURST_MS}003us`, until: `${BURST_MS}006us` } })
    const [first, ...others] = sentData(packets).filter(({ isSentAgain }) => isSentAgain)
    expect(msOf(first!)).toBe(BURST_MS + RTT)
    expect(others).toHaveLength(1)
    const end = sentData(packets).find((packet) => msOf(packet) === BURST_MS)!.sequence + 10 * MSS
    const whole = packets.find(({ leaves, fromClient, acknowledged }) => !leaves && !fromClient && acknowledged >= end)!
    expect(msOf(whole)).toBe(BURST_MS + 2 * RTT)
  })
})

describe('acknowledgements', () => {
  it('go at once sixteen times, and wait 40 ms for a second segment after that', () => {
    const packets = watch({ payload: '100B', rate: '8kbit' }, { seconds: 3 })
    const waits = packets
      .filter(({ leaves, fromClient, bytes }) => !leaves && fromClient && bytes > 0)
      .slice(0, 25)
      .map((data) => {
        const answer = packets.find(({ leaves, fromClient, acknowledged }) => leaves && !fromClient && acknowledged >= data.sequence + data.bytes)!
        return Math.round((answer.atNs - data.atNs) / MS)
      })
    expect(waits).toEqual([...Array<number>(16).fill(0), ...Array<number>(9).fill(40)])
  })
})

describe('short writes each 5 ms', () => {
  const writes = { payload: '100B', rate: '160kbit' }
  const gaps = (packets: readonly SocketPacket[]) => since(packets).slice(1).map((ms, i) => ms - since(packets)[i]!)

  it('wait for the acknowledgement of the one before: a round trip, and 40 ms more once acknowledgements wait', () => {
    const sent = sentData(watch(writes))
    expect(new Set(gaps(sent.slice(1, 17)))).toEqual(new Set([RTT]))
    expect(new Set(gaps(sent.slice(18)))).toEqual(new Set([RTT + 40]))
    expect(sent.at(-1)!.bytes).toBe(1200)
  })

  it('each leave on their own with TCP_NODELAY', () => {
    const sent = sentData(watch({ ...writes, noDelay: true })).slice(1)
    expect(new Set(gaps(sent))).toEqual(new Set([5]))
    expect(new Set(sent.map(({ bytes }) => bytes))).toEqual(new Set([100]))
  })
})

/** A sender and a receiver of one stream, and a link between two switches. */
function dumbbell(congestion: 'bbr' | 'cubic', link: { bitsPerSecond: number; delayNs: number; queuePackets: number }, seconds: number): SocketPacket[] {
  const buffers = { sendBufferBytes: 1 << 26, receiveBufferBytes: 1 << 26 }
  const flow: FlowSpec = { kind: 'tcpStream', client: 0, server: 1, congestion, ...buffers }
  const access = { bitsPerSecond: 100e9, delayNs: 0, framingBytes: 2 }
  const links = [{ ends: [0, 1] as const, framingBytes: 2, ...link }, { ends: [0, 2] as const, ...access }, { ends: [1, 3] as const, ...access }]
  return watchPlan(bareNetwork({ switches: 2, hosts: 2, links, flows: [flow], durationNs: seconds * 1e9 }))
}

describe('CUBIC', () => {
  const packets = dumbbell('cubic', { bitsPerSecond: 50e6, delayNs: 25 * MS, queuePackets: 100 }, 8)
  const lossNs = packets.find(({ isSentAgain }) => isSentAgain)!.atNs

  /** Segments under way at a time. */
  const underWay = (atNs: number): number => {
    const before = packets.filter((packet) => packet.atNs < atNs)
    const sent = before.findLast(({ leaves, fromClient, isSentAgain }) => leaves && fromClient && !isSentAgain)!
    const heard = before.findLast(({ leaves, fromClient }) => !leaves && !fromClient)!
    return (sent.sequence + sent.bytes - heard.acknowledged) / MSS
  }

  it('leaves slow start before the queue overflows, when round trips take an eighth longer (HyStart, RFC 9406)', () => {
    // 208 segments fill the path and 100 the queue: slow start that ended by loss would lose as many as the window is too large.
    const sentAgain = packets.filter(({ leaves, isSentAgain, atNs }) => leaves && isSentAgain && atNs < lossNs + 100 * MS)
    expect(sentAgain.length).toBeLessThan(30)
  })

  it('comes back to where it lost by the curve of RFC 9438, C (t − K)³ + W_max', () => {
    const [c, beta] = [0.4, 0.7]
    const most = underWay(lossNs)
    const k = Math.cbrt((most * (1 - beta)) / c)
    // The epoch begins with the end of the recovery, a round trip later.
    const epochNs = lossNs + 70 * MS
    for (const seconds of [1, 2, 3, 4]) {
      const curve = c * (seconds - k) ** 3 + most
      expect(underWay(epochNs + seconds * 1e9) / curve).toBeGreaterThan(0.97)
      expect(underWay(epochNs + seconds * 1e9) / curve).toBeLessThan(1.03)
    }
  })
})

describe('BBR', () => {
  const FRAME = 1502
  const LINK_BPS = 50e6
  const sent = sentData(dumbbell('bbr', { bitsPerSecond: LINK_BPS, delayNs: 20 * MS, queuePackets: 1e6 }, 11.5))
  const each = new Float64Array(12_000)
  for (const { atNs, bytes } of sent) each[Math.floor(atNs / MS)]! += Math.ceil(bytes / MSS)
  const segments = (from: number, until: number) => each.subarray(from, until).reduce((sum, count) => sum + count, 0)
  const rtt = 2 * 20
  const perRound = (LINK_BPS * rtt) / 1000 / 8 / FRAME

  it('paces its second window from the start by 2 / ln 2 times a window a round trip (bbr_init_pacing_rate_from_rtt)', () => {
    // The first ten segments leave at once. The first gap of the second window is cut by half: the socket was idle before it.
    const [first, next] = sent.filter(({ atNs }) => atNs >= 1.5 * rtt * MS)
    const pace = (rtt * MS) / 10 / (2.885 * 0.99)
    expect((next!.atNs - first!.atNs) / (pace / 2)).toBeCloseTo(1, 1)
  })

  it('doubles its rate each round trip until the link is full, drains, and then sends what the link carries', () => {
    expect(segments(4 * rtt, 5 * rtt) / segments(2 * rtt, 3 * rtt)).toBeGreaterThan(2.2)
    expect(segments(2000, 2000 + 8 * rtt) / 8 / perRound).toBeCloseTo(1, 1)
  })

  it('probes for more by a quarter in one of eight round trips, and for less in the next', () => {
    const rounds = Array.from({ length: 80 }, (_, i) => segments(2000 + i * rtt, 2000 + (i + 1) * rtt) / perRound)
    expect(Math.max(...rounds)).toBeGreaterThan(1.12)
    expect(Math.min(...rounds)).toBeLessThan(0.88)
    const most = rounds.filter((share) => Math.abs(share - 1) < 0.06)
    expect(most.length / rounds.length).toBeGreaterThan(0.5)
  })

  it('keeps four segments under way for 200 ms where it has seen no shorter round trip for 10 s', () => {
    const quiet = Array.from({ length: 300 }, (_, i) => 10_000 + i * 5).filter((at) => segments(at, at + rtt) <= 4)
    expect(quiet.length * 5).toBeGreaterThan(150)
    expect(quiet.length * 5).toBeLessThan(320)
  })
})
