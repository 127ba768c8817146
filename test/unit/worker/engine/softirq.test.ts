import type { HostTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PollLists } from '#worker/engine/host/poll-lists'
import { SoftirqRounds } from '#worker/engine/host/softirq-rounds'
import { SoftirqShares } from '#worker/engine/host/softirq-shares'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const CORE = 0
const WEIGHT = 64
const BUDGET = 300
const BUDGET_NS = 8_000_000

/** Packets that wait in each NAPI instance of a core, and what a packet costs. */
interface Given {
  readonly waiting: readonly number[]
  readonly packetNs: number
}

/** What each round polled, as instance and packets, and how many rounds were cut short. */
interface Polled {
  readonly rounds: readonly (readonly (readonly [number, number])[])[]
  readonly squeezes: number
}

/** Polls as the cores do until nothing waits. */
function poll({ waiting, packetNs }: Given): Polled {
  const left = [...waiting]
  const hosts = { netdevBudget: Int32Array.of(BUDGET), netdevBudgetNs: Float64Array.of(BUDGET_NS) } as unknown as HostTable
  const accounts = { timeSqueezes: new Float64Array(1) } as unknown as Accounts
  const polls = new PollLists(1, waiting.length)
  const rounds = new SoftirqRounds({ hosts, hostOf: Int32Array.of(0), accounts })
  waiting.forEach((packets, napi) => packets > 0 && polls.add(CORE, napi))
  const seen: [number, number][][] = []
  for (let nowNs = 0; polls.current(CORE) >= 0; ) {
    polls.beginRound(CORE)
    rounds.begin(CORE, nowNs)
    seen.push([])
    do {
      const napi = polls.current(CORE)
      const packets = Math.min(WEIGHT, left[napi]!)
      left[napi]! -= packets
      seen.at(-1)!.push([napi, packets])
      rounds.take(CORE, packets)
      polls.spend(CORE, packets, WEIGHT, left[napi] === 0)
      nowNs += packets * packetNs
    } while (!rounds.endPoll(CORE, polls.isRoundDone(CORE), nowNs))
  }
  return { rounds: seen, squeezes: accounts.timeSqueezes[0]! }
}

/** net_rx_action with lists as the kernel has them: what is to be polled, and what is to be polled again. */
function pollByLists({ waiting, packetNs }: Given): Polled {
  const left = [...waiting]
  let pollList = waiting.flatMap((packets, napi) => (packets > 0 ? [napi] : []))
  let squeezes = 0
  let nowNs = 0
  const seen: [number, number][][] = []
  while (pollList.length > 0) {
    const list = pollList
    const repoll: number[] = []
    const beganNs = nowNs
    let budget = BUDGET
    seen.push([])
    while (list.length > 0) {
      const napi = list.shift()!
      const packets = Math.min(WEIGHT, left[napi]!)
      left[napi]! -= packets
      budget -= packets
      nowNs += packets * packetNs
      seen.at(-1)!.push([napi, packets])
      if (left[napi]! > 0) repoll.push(napi)
      if (budget <= 0 || nowNs - beganNs >= BUDGET_NS) {
        squeezes++
        break
      }
    }
    pollList = [...list, ...repoll]
  }
  return { rounds: seen, squeezes }
}

describe('a round of polls', () => {
  it('polls what net_rx_action would, and is cut short where that would be', () => {
    const given = fc.record({
      waiting: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 9 }),
      packetNs: fc.constantFrom(100, 10_000, 40_000),
    })
    fc.assert(
      fc.property(given, (each) => {
        expect(poll(each)).toEqual(pollByLists(each))
      }),
    )
  })

  it('of one queue never takes 300 packets, and that of five does with the fifth poll', () => {
    expect(poll({ waiting: [64_000], packetNs: 1000 }).squeezes).toBe(0)
    const { rounds, squeezes } = poll({ waiting: [64, 64, 64, 64, 64, 64], packetNs: 1000 })
    expect(rounds.map((round) => round.length)).toEqual([5, 1])
    expect(squeezes).toBe(1)
  })
})

/** Softirq work without an end in rounds of so many ns, beside a thread that never sleeps, or none: who has the core when. */
function turns(roundNs: number, isWanted: boolean, untilNs: number) {
  const shares = new SoftirqShares(1)
  const softirq: number[] = []
  let threadNs = 0
  for (let nowNs = 0; nowNs < untilNs; ) {
    if (shares.isThreadsTurn(CORE, isWanted, nowNs)) {
      threadNs += 1000
      nowNs += 1000
      continue
    }
    shares.beginRound(CORE, nowNs)
    softirq.push(nowNs)
    nowNs += roundNs
    shares.endRound(CORE, nowNs)
  }
  return { softirq, threadShare: threadNs / untilNs }
}

describe('softirq work without an end', () => {
  const untilBreak = (roundNs: number): number => turns(roundNs, true, 20_000_000).softirq.findIndex((atNs, i) => atNs !== i * roundNs)

  it('goes on in ksoftirqd after ten rounds, or after the first that ends beyond two milliseconds', () => {
    expect(untilBreak(50_000)).toBe(10)
    expect(untilBreak(300_000)).toBe(7)
    expect(untilBreak(2_500_000)).toBe(1)
  })

  it('then has half of the core', () => {
    expect(turns(60_000, true, 1e9).threadShare).toBeCloseTo(0.5, 2)
  })

  it('has the core to itself while no thread wants it', () => {
    expect(turns(100_000, false, 1e8).softirq).toHaveLength(1000)
  })
})
