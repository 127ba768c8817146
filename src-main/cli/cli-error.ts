/** How the command line can end. */
export const EXIT = {
  /** Done, whatever the verdict. */
  done: 0,
  /** An assertion or comparison failed. */
  failed: 1,
  /** Bad input or usage, or a run that broke down. */
  refused: 2,
  /** Interrupted from the keyboard: 128 + SIGINT, as shells have it. What was measured until then is printed. */
  interrupted: 130,
} as const

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Thrown where a command can't go on. The user sees code and message on stderr, and exit code 2. */
export class CliError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'CliError'
    this.code = code
  }
}
