import { describe, expect, test } from 'vitest'

import { emptyHistory, HISTORY_LIMIT, HISTORY_SIZE_LIMIT, record, stepBack, stepForward, type History } from '#renderer/stores/history'

/** A history of edits called by letters; the inverse of `a` is `-a`. */
function historyOf(...labels: readonly string[]): History<string> {
  return labels.reduce((history, label) => record(history, { label, undo: [`-${label}`], redo: [label] }), emptyHistory<string>())
}

describe('the history', () => {
  test('takes edits back in reverse and makes them again in order', () => {
    const first = stepBack(historyOf('a', 'b'))!
    const second = stepBack(first.history)!
    expect([first.entry.label, second.entry.label]).toEqual(['b', 'a'])
    expect(stepBack(second.history)).toBeUndefined()
    const again = stepForward(second.history)!
    expect([again.entry.label, stepForward(again.history)!.entry.label]).toEqual(['a', 'b'])
  })

  test('forgets what was taken back once there is another edit', () => {
    const back = stepBack(historyOf('a', 'b'))!.history
    expect(stepForward(record(back, { label: 'c', undo: ['-c'], redo: ['c'] }))).toBeUndefined()
  })

  test('makes one entry of edits in a row with the same key, undone in reverse', () => {
    const nudge = (history: History<string>, step: string) => record(history, { label: 'Move', undo: [`-${step}`], redo: [step], mergeKey: 'move x' })
    const history = nudge(nudge(historyOf('a'), 'left'), 'down')
    expect(history.past.map(({ label }) => label)).toEqual(['a', 'Move'])
    expect(history.past.at(-1)).toMatchObject({ undo: ['-down', '-left'], redo: ['left', 'down'] })
  })

  test('starts another entry for an edit after an undo, whatever its key', () => {
    const entry = { label: 'Move', undo: ['-x'], redo: ['x'], mergeKey: 'k' }
    const undone = stepBack(record(record(emptyHistory<string>(), entry), { ...entry, mergeKey: 'other' }))!.history
    expect(record(undone, entry).past).toHaveLength(2)
  })

  test('keeps the newest edits and drops the oldest', () => {
    const history = historyOf(...Array.from({ length: HISTORY_LIMIT + 3 }, (_, index) => String(index)))
    expect(history.past).toHaveLength(HISTORY_LIMIT)
    expect(history.past[0]!.label).toBe('3')
  })

  test('drops old edits that take too much memory, and never the last', () => {
    const large = 'x'.repeat(HISTORY_SIZE_LIMIT / 4)
    const history = historyOf('a', large, 'b', large)
    expect(history.past.map(({ label }) => label.length)).toEqual([1, large.length])
  })
})
