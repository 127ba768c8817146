#!/usr/bin/env node
import { setMaxListeners } from 'node:events'
import { CommanderError } from 'commander'

import { version } from '../../package.json'
import { CliError, EXIT, type ExitCode } from './cli-error'
import { processTerminal } from './terminal'
import { program } from './program'

const terminal = processTerminal()

/**
 * Listens for interrupts from now on: the first one stops what goes on, which then prints what it has. Until then, and from
 * the second one on, an interrupt ends the process as the system does it, however busy this thread is.
 */
function listenForInterrupt(): AbortSignal {
  const interrupt = new AbortController()
  // Every task that waits listens, and a table has as many as rows.
  setMaxListeners(0, interrupt.signal)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
  return interrupt.signal
}

// Thrown where nobody waits for it, as in a timer: the process can't go on, but it says so like everything else.
process.on('uncaughtException', (error) => process.exit(report(error)))

// The exit code is set rather than `exit` called: what was written to a pipe would be cut off.
const onExit = (code: ExitCode): void => {
  process.exitCode = code
}
const commands = program({ terminal, version, workerFolder: import.meta.dirname, listenForInterrupt, onExit })
try {
  await commands.parseAsync()
} catch (error) {
  onExit(report(error))
}

/** Says on stderr why a command could not do what it was asked; never with a stack trace. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done
    // Without a command the help has been printed already.
    if (error.code !== 'commander.help') terminal.error(`cni-lab: ${error.message.replace(/^error: /u, '')} [${error.code}]\n`)
    return EXIT.refused
  }
  if (error instanceof CliError) {
    terminal.error(`cni-lab: ${error.message} [${error.code}]\n`)
    return EXIT.refused
  }
  const message = error instanceof Error ? error.message : String(error)
  terminal.error(`cni-lab: this should not have happened: ${message} [internal]\n`)
  return EXIT.refused
}
