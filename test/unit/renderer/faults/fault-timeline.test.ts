import { describe, expect, test } from 'vitest'

import { faultLanes, keyStep, movedSpan, shareOf, spanText, timelineRun, timelineTicks, type SpanPart } from '#renderer/faults/fault-timeline'

import { outlineOf, sampleText } from '../support/sample-lab'

function lanes(...faults: readonly string[]) {
  return faultLanes(outlineOf(`${sampleText}  faults:\n${faults.map((fault) => `    - ${fault}\n`).join('')}`).faults)
}

const down = '{at: 300ms, until: 500ms, kind: link-down, link: [spine-1, tor-a]}'
const run = timelineRun({ duration: '1s' }, [])

describe('the lanes of faults', () => {
  test('say what is hit and when, in the file’s order', () => {
    const found = lanes(down, '{at: 1s, kind: node-crash, node: node-2}', '{at: 2s, kind: session-reset, node: node-1, peer: tor-a}')
    expect(found.map((lane) => [lane.fault.name, spanText(lane)])).toEqual([
      ['Link down: spine-1 – tor-a', '300ms to 500ms'],
      ['Node crashes: node-2', 'from 1s on'],
      ['BGP session reset: node-1 – tor-a', 'at 2s'],
    ])
    expect(found.map(({ fault }) => fault.hits)).toEqual([['link:tor-a~spine-1'], ['node:node-2'], ['node:node-1']])
  })

  test('know which faults have no end and which need one', () => {
    const found = lanes('{at: 1s, kind: session-reset, node: node-1, peer: tor-a}', '{at: 1s, kind: link-flap, link: [tor-a, spine-1]}', down)
    expect(found.map(({ isMoment, needsEnd }) => [isMoment, needsEnd])).toEqual([[true, false], [false, true], [false, false]])
  })

  test('show faults that can’t be read, without a place on the axis', () => {
    const [wrongTime, wrongKind] = lanes('{at: soon, kind: node-crash, node: node-1}', '{at: 1s, kind: flood, node: node-1}')
    expect(wrongTime!.span).toBeUndefined()
    expect(spanText(wrongTime!)).toBe('times that can’t be read')
    expect([wrongKind!.fault.name, wrongKind!.span]).toEqual(['flood: node-1', { at: 1e9 }])
  })
})

describe('the axis', () => {
  test('is the run’s, with its warm-up, in steps of a two-hundredth at most', () => {
    expect(run).toEqual({ durationNs: 1e9, warmupNs: 1e8, endNs: 1e9, stepNs: 5e6 })
    expect(timelineTicks(run).map(({ text }) => text)).toEqual(['0', '200ms', '400ms', '600ms', '800ms', '1s'])
  })

  test('reaches faults that begin after the run, up to half its length more', () => {
    const late = lanes('{at: 1200ms, kind: node-crash, node: node-1}').map(({ fault }) => fault)
    const later = lanes('{at: 9s, kind: node-crash, node: node-1}').map(({ fault }) => fault)
    expect(timelineRun({ duration: '1s' }, late).endNs).toBe(1.2e9)
    expect(timelineRun({ duration: '1s' }, later).endNs).toBe(1.5e9)
    expect(shareOf(9e9, timelineRun({ duration: '1s' }, later))).toBe(1)
  })

  test('is that of a fresh run where the file’s is faulty', () => {
    expect(timelineRun({ duration: 'long' }, []).durationNs).toBe(1e9)
  })
})

describe('moving a fault', () => {
  const [lane] = lanes(down)
  const moved = (part: SpanPart, byMs: number) => movedSpan(lane!, run, part, byMs * 1e6)

  test('keeps its length and the run’s steps', () => {
    expect(moved('whole', 101)).toEqual({ at: 400e6, until: 600e6 })
    expect(moved('whole', -900)).toEqual({ at: 0, until: 200e6 })
    expect(moved('whole', 5000)).toEqual({ at: 995e6, until: 1195e6 })
  })

  test('by one end leaves the other, and a step between them', () => {
    expect(moved('start', 150)).toEqual({ at: 450e6, until: 500e6 })
    expect(moved('start', 900)).toEqual({ at: 495e6, until: 500e6 })
    expect(moved('end', 100)).toEqual({ at: 300e6, until: 600e6 })
    expect(moved('end', -900)).toEqual({ at: 300e6, until: 305e6 })
  })

  test('its end to the run’s end means that it never heals, unless it has to', () => {
    expect(moved('end', 500)).toEqual({ at: 300e6 })
    const [flap] = lanes('{at: 300ms, until: 500ms, period: 100ms, kind: link-flap, link: [tor-a, spine-1]}')
    expect(movedSpan(flap!, run, 'end', 9e9)).toEqual({ at: 300e6, until: 1e9 })
  })

  test('one that never heals gets an end where its end is moved to', () => {
    const [open] = lanes('{at: 300ms, kind: node-crash, node: node-1}')
    expect(movedSpan(open!, run, 'end', -400e6)).toEqual({ at: 300e6, until: 600e6 })
    expect(movedSpan(open!, run, 'whole', 100e6)).toEqual({ at: 400e6 })
  })

  test('by keys goes a step, ten with Shift, and nowhere by other keys', () => {
    expect([keyStep('ArrowRight', false, run), keyStep('ArrowLeft', true, run), keyStep('Enter', false, run)]).toEqual([5e6, -50e6, undefined])
  })
})
