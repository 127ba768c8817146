import { describe, expect, test } from 'vitest'

import { chordLabel, isChord, parseChord, type KeyPress } from '#renderer/composables/keys'

function press(key: string, modifiers: Partial<KeyPress> = {}): KeyPress {
  return { key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers }
}

describe('chords', () => {
  test.each([
    ['Mod+Z', press('z', { ctrlKey: true }), true],
    ['Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), true],
    ['Delete', press('Delete'), true],
    ['L', press('l'), true],
    ['L', press('l', { ctrlKey: true }), false],
    ['?', press('?', { shiftKey: true }), true],
    ['Mod++', press('+', { ctrlKey: true, shiftKey: true }), true],
    ['Shift+1', press('!', { shiftKey: true, code: 'Digit1' }), true],
    ['Shift+1', press('1', { code: 'Digit1' }), false],
    ['Alt+1', press('1', { altKey: true }), true],
    ['Shift+ArrowUp', press('ArrowUp'), false],
    ['Mod+Z', press('z', { metaKey: true }), false],
  ])('%s and a press of %j', (chord, event, expected) => {
    expect(isChord(event, parseChord(chord), false)).toBe(expected)
  })

  test('take Command for Control on a Mac', () => {
    expect(isChord(press('z', { metaKey: true }), parseChord('Mod+Z'), true)).toBe(true)
    expect(isChord(press('z', { ctrlKey: true }), parseChord('Mod+Z'), true)).toBe(false)
  })

  test.each([
    ['Mod+Shift+Z', 'Ctrl+Shift+Z'],
    ['Escape', 'Esc'],
    ['ArrowLeft', '←'],
    ['Mod++', 'Ctrl++'],
  ])('are written as keyboards are labelled: %s', (chord, label) => {
    expect(chordLabel(chord, false)).toBe(label)
  })
})
