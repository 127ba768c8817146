import { reasonOf } from '#main/documents/system-error'

import { EXIT } from './cli-error'

/** Where a command writes. Tests give it strings to fill. */
export interface Terminal {
  /** What was asked for: tables, JSON, or the bytes of a file. */
  readonly out: (content: string | Uint8Array) => void
  /** Everything else: progress, warnings, reasons. */
  readonly error: (text: string) => void
  /** Columns of the screen that `error` goes to, whose last line can be rewritten; null where it goes elsewhere. */
  readonly width: number | null
}

/**
 * Standard output and error of this process. A reader that goes away (`| head`) ends the process quietly, as other tools
 * do; output that can't be written for another reason (a full disk) ends it with that reason.
 */
export function processTerminal(): Terminal {
  process.stderr.on('error', () => process.exit(EXIT.refused))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`cni-lab: The output can't be written: ${reasonOf(error)}. [output.unwritable]\n`)
    process.exit(EXIT.refused)
  })
  return {
    out: (content) => void process.stdout.write(content),
    error: (text) => void process.stderr.write(text),
    // Asked each time, for the window may be resized; some pseudo-terminals say 0.
    get width() {
      return process.stderr.isTTY ? process.stderr.columns || 80 : null
    },
  }
}

/** One JSON value, as `--json` prints it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
