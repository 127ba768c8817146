import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The built command line. */
export const cliFile = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/** A command that takes longer than this hangs, and is killed so that it does not outlive its test. */
const patienceMs = 100_000

/** What a command line came to. */
export interface CliOutcome {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

/** What happens to a command while it runs. */
export interface CliOptions {
  readonly cwd?: string
  /** Sends SIGINT, as Ctrl+C does, once stderr has said this. */
  readonly interruptAt?: string
}

/** Runs the built `cni-lab` as a process of its own. Throws where it has not been built. */
export function runCli(args: readonly string[], { cwd, interruptAt }: CliOptions = {}): Promise<CliOutcome> {
  if (!existsSync(cliFile)) throw new Error('The command line is not built; run `npm run build` first.')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliFile, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    })
    let [out, error] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const before = error
      error += text
      if (interruptAt !== undefined && error.includes(interruptAt) && !before.includes(interruptAt)) child.kill('SIGINT')
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, error }))
  })
}
