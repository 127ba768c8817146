/** A key with its modifiers, read from a text like `Mod+Shift+Z`. `Mod` is Command on a Mac and Control elsewhere. */
export interface Chord {
  readonly key: string
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
}

/** What of a keyboard event decides which chord it is. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** Reads a chord: modifiers, then one key as `KeyboardEvent.key` names it; a letter may be of either case. */
export function parseChord(text: string): Chord {
  // The last `+` of `Mod++` is the key.
  const parts = text.split(/\+(?=.)/u)
  const key = parts.at(-1)!
  return {
    key: key.length === 1 ? key.toLowerCase() : key,
    mod: parts.includes('Mod'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
  }
}

/**
 * Whether an event is a chord. For signs (`?`, `+`) Shift is part of how a keyboard makes them, and not looked at; a
 * digit with Shift is the key that the digit is on, whatever sign Shift makes of it there.
 */
export function isChord(event: KeyPress, chord: Chord, mac: boolean): boolean {
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  const digit = chord.shift && /^\d$/u.test(chord.key)
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const key = digit && event.code === `Digit${chord.key}` ? chord.key : pressed
  const sign = key.length === 1 && !/[a-z0-9 ]/u.test(key)
  return (
    key === chord.key &&
    mod === chord.mod &&
    !other &&
    event.altKey === chord.alt &&
    (sign || event.shiftKey === chord.shift)
  )
}

const keyLabels: Readonly<Record<string, string>> = {
  ' ': 'Space',
  Escape: 'Esc',
  Delete: 'Del',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
}

/** Writes a chord the way keyboards of the platform label it: `Ctrl+Shift+Z`, or `⌘+⇧+Z` on a Mac. */
export function chordLabel(text: string, mac: boolean): string {
  const { key, mod, shift, alt } = parseChord(text)
  const names = mac ? { mod: '⌘', shift: '⇧', alt: '⌥' } : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' }
  return [mod && names.mod, alt && names.alt, shift && names.shift, keyLabels[key] ?? (key.length === 1 ? key.toUpperCase() : key)]
    .filter((part) => part !== false)
    .join('+')
}
