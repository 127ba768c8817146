import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

import { largeLab } from './large-lab.mjs'
import { root } from './set-up/root.mjs'
import { SetUpError } from './set-up/say.mjs'

/** What large labs must stay within, from file to first packets: seconds and bytes of resident memory. */
const LIMITS = [
  { nodes: 1000, seconds: 15, bytes: 2 * 2 ** 30 },
  { nodes: 5000, seconds: 90, bytes: 6 * 2 ** 30 },
]
const PODS_PER_NODE = 30

/** @typedef {{ scenario: string, wallSeconds: number, peakRssBytes: number, limit: { seconds: number, bytes: number } }} MeasuredLarge */

/**
 * Runs large labs for their first 20 µs on the command line, a process each: reading, checking, planning, the engine's
 * set-up and first packets.
 * @returns {MeasuredLarge[]}
 */
export function measureLarge() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cni-lab-bench-'))
  try {
    return LIMITS.map(({ nodes, ...limit }) => {
      const lab = path.join(folder, `large-${nodes}.cnilab.yaml`)
      const usage = path.join(folder, `usage-${nodes}.json`)
      writeFileSync(lab, largeLab(nodes, PODS_PER_NODE))
      const started = process.hrtime.bigint()
      const { status, stderr } = spawnSync(process.execPath, ['--import', reportUsage(usage), cli, 'run', lab, '--json'], {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
      })
      const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9
      if (status !== 0) throw new SetUpError(`The lab of ${nodes} nodes did not run: ${stderr}`)
      const peakRssBytes = JSON.parse(readFileSync(usage, 'utf8')).maxRSS * 1024
      return { scenario: `large-${nodes}`, wallSeconds, peakRssBytes, limit }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * @param {MeasuredLarge} result
 * @param {MeasuredLarge | undefined} before
 */
export function largeLine({ scenario, wallSeconds, peakRssBytes, limit }, before) {
  const within = wallSeconds < limit.seconds && peakRssBytes < limit.bytes ? 'within' : 'OVER'
  const limits = `${within} ${limit.seconds} s and ${limit.bytes / 2 ** 30} GiB`
  const change = before === undefined ? 'nothing saved to compare with' : `saved: ${before.wallSeconds.toFixed(1)} s`
  return `${scenario.padEnd(10)} ${wallSeconds.toFixed(1).padStart(5)} s, ${(peakRssBytes / 2 ** 20).toFixed(0).padStart(5)} MiB to the first packets: ${limits}   ${change}`
}

const cli = path.join(root, 'out/main/cli.js')

/**
 * A module that writes what a process used when it ends, worker threads included.
 * @param {string} file
 */
function reportUsage(file) {
  const source = `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())))`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
