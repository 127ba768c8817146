/** Where a command writes. Tests give it strings to fill. */
export interface Terminal {
  /** What was asked for: tables or JSON. */
  readonly out: (text: string) => void
  /** Everything else: progress, warnings, reasons. */
  readonly error: (text: string) => void
  /** Columns of the screen that `error` goes to, whose last line can be rewritten; null where it goes elsewhere. */
  readonly width: number | null
}

/** Standard output and error of this process. A reader that goes away (`| head`) ends the process quietly, as other tools do. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
  return {
    out: (text) => void process.stdout.write(text),
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
