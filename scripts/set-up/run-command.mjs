import { spawn, spawnSync } from 'node:child_process'

/**
 * Runs a command and comes to its exit code, or 128 where a signal or a missing program ended it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutMs?: number }} [options]
 *   `quiet` drops its output; `timeoutMs` ends it when it takes longer.
 * @returns {Promise<number>}
 */
export function runCommand(command, args, { cwd, env, quiet = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      timeout: timeoutMs,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', quiet ? 'ignore' : 'inherit'],
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: process.platform === 'win32',
    })
    child.on('error', () => resolve(128))
    child.on('exit', (code) => resolve(code ?? 128))
  })
}

/**
 * What a short command prints, or null where it fails or does not exist.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function outputOf(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout : null
}

/**
 * Whether a program is on the path.
 * @param {string} program
 */
export function hasProgram(program) {
  return outputOf(process.platform === 'win32' ? 'where' : 'which', [program]) !== null
}
