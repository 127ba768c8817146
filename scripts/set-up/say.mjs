const startedAt = performance.now()

/**
 * Prints one line of progress with the seconds since the start.
 * @param {string} line
 */
export function say(line) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`[${seconds.padStart(6)} s] ${line}\n`)
}

/** Something that the person at the keyboard can put right; printed without a stack trace. */
export class SetUpError extends Error {}

/**
 * Runs a script's main function: prints a `SetUpError` as its message alone, and exits with the code it comes to.
 * @param {() => Promise<number>} main
 */
export function runScript(main) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (/** @type {unknown} */ error) => {
      process.stderr.write(`\n${error instanceof SetUpError ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
      process.exitCode = 1
    },
  )
}
