import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Types of BGP messages (RFC 4271, section 4.1). */
const KINDS = /** @type {const} */ ({ 1: 'OPEN', 2: 'UPDATE', 3: 'NOTIFICATION', 4: 'KEEPALIVE' })

/**
 * What a node sent between two times, by kind, by a capture of what leaves it; only the keepalive that answers an OPEN
 * counts, not those of the timer. End-of-RIB is an UPDATE. Needs tshark.
 * @param {string} file
 * @param {number} fromMs
 * @param {number} toMs
 */
export function sentMessages(file, fromMs, toMs) {
  const counts = { OPEN: 0, UPDATE: 0, KEEPALIVE: 0, NOTIFICATION: 0 }
  const opened = new Set()
  const fields = ['frame.time_epoch', 'tcp.stream', 'bgp.type'].flatMap((field) => ['-e', field])
  const text = execFileSync('tshark', ['-r', file, '-Y', 'bgp', '-T', 'fields', ...fields], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  for (const line of text.split('\n')) {
    const [seconds = '', stream = '', types = ''] = line.split('\t')
    const ms = Number(seconds) * 1000
    if (!(ms >= fromMs && ms < toMs)) continue
    for (const type of types.split(',')) {
      const kind = KINDS[/** @type {keyof typeof KINDS} */ (Number(type))]
      if (kind === 'OPEN') opened.add(stream)
      if (kind !== 'KEEPALIVE' || opened.delete(stream)) counts[kind]++
    }
  }
  return counts
}

/**
 * Changes of kernel routes that `ip -ts monitor route` wrote down.
 * @param {string} file
 * @returns {{ atMs: number, prefix: string, gone: boolean }[]}
 */
export function routeChanges(file) {
  const changes = []
  let atMs = Number.NaN
  for (const line of linesOf(file)) {
    const [, stamp = '', rest = ''] = /^\[([^\]]+)\] (.*)/.exec(line) ?? []
    if (stamp === '') continue
    atMs = timeOf(stamp.replace('T', ' '))
    const [, deleted, prefix = ''] = /^(Deleted )?(?:blackhole )?(\d[\d.]*(?:\/\d+)?|default)\b/.exec(rest) ?? []
    if (prefix !== '') changes.push({ atMs, prefix: prefix.includes('/') ? prefix : `${prefix}/32`, gone: deleted !== undefined })
  }
  return changes
}

/** @param {string} file */
function linesOf(file) {
  return readFileSync(file, 'utf8').split('\n')
}

/**
 * Milliseconds since 1970 of a local time with a space between date and time.
 * @param {string} text
 */
function timeOf(text) {
  return Date.parse(text.replace(' ', 'T'))
}
