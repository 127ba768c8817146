/** A thing that keys do, as the shortcut sheet lists it. */
export interface Shortcut {
  readonly label: string
  /** Chords as `parseChord` reads them; any of them will do. */
  readonly keys: readonly string[]
}

/** Shortcuts that belong together. */
export interface ShortcutGroup {
  readonly name: string
  readonly shortcuts: readonly Shortcut[]
}
