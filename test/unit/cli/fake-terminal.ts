import type { Terminal } from '#main/cli/terminal'

/** A terminal that keeps what is written. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string; error: string }
}

export function fakeTerminal(width: number | null = null): FakeTerminal {
  const written = { out: '', error: '' }
  return {
    written,
    width,
    out: (content) => {
      written.out += String(content)
    },
    error: (text) => {
      written.error += text
    },
  }
}
