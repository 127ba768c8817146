import { describe, expect, it } from 'vitest'

import { ProgressLine } from '#main/cli/progress-line'
import type { RunProgress, TaskState } from '#shared/contract/run-messages'

import { fakeTerminal } from './fake-terminal'

function look(share: number, elapsedSeconds: number, remainingSeconds: number | null = null): RunProgress {
  const states: TaskState[] = ['done', 'running', 'queued']
  const tasks = states.map((state, index) => ({ variant: 'host', seed: index + 1, state, simulatedSeconds: 0, goodputBps: [] }))
  return { runId: 'run', elapsedSeconds, remainingSeconds, share, eventsPerSecond: 1_234_567.8, tasks }
}

describe('ProgressLine', () => {
  it('rewrites the last line of a terminal, cut to its width, and clears it at the end', () => {
    const terminal = fakeTerminal(40)
    const line = new ProgressLine(terminal)
    line.update(look(0.42, 3, 200))
    line.end()
    expect(terminal.written.error).toBe('\r\u001b[K42 %, 1 of 3 tasks done, 1\u202f234\u202f568 even\r\u001b[K')
  })

  it('writes a line at the start and then now and then where there is no terminal', () => {
    const terminal = fakeTerminal()
    const line = new ProgressLine(terminal)
    for (let second = 1; second <= 20; second++) line.update(look(second / 20, second, 20 - second))
    line.end()
    expect(terminal.written.error.split('\n').map((text) => text.split(',')[0])).toEqual(['5 %', '30 %', '55 %', '80 %', ''])
  })

  it('writes a line a minute where a run goes on for hours', () => {
    const terminal = fakeTerminal()
    const line = new ProgressLine(terminal)
    for (let second = 1; second <= 180; second++) line.update(look(second / 1e6, second))
    expect(terminal.written.error.split('\n')).toHaveLength(4)
  })

  it.each([
    [null, /events\/s$/u],
    [12.2, /about 13 s left$/u],
    [200, /about 3 min left$/u],
    [8000, /about 2 h 13 min left$/u],
  ])('tells %s seconds to go no more exactly than an estimate is', (remaining, expected) => {
    const terminal = fakeTerminal(200)
    new ProgressLine(terminal).update(look(0.5, 1, remaining))
    expect(terminal.written.error).toMatch(expected)
  })
})
