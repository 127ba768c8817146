import { spawn } from 'node:child_process'

import { SetUpError } from './say.mjs'

/**
 * A virtual display.
 * @typedef {object} Display
 * @property {string} name for the environment variable DISPLAY
 * @property {() => void} stop
 */

/**
 * Starts an X server without a screen on a free display number.
 * @returns {Promise<Display>}
 */
export function startXvfb() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.on('exit', () => reject(new SetUpError('Xvfb, the virtual display, did not start.')))
    server.stdio[3]?.once('data', (/** @type {Buffer} */ number) => {
      resolve({ name: `:${number.toString().trim()}`, stop: () => void server.kill() })
    })
  })
}
