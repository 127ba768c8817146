/**
 * Records what BIRD does with a vector's topology, timers and events: `node scripts/bird/record.mjs IN.json OUT.json`. See
 * README.md.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { outputOf } from '../set-up/run-command.mjs'
import { birdConfiguration } from './configuration.mjs'
import { routeChanges, sentMessages } from './logs.mjs'
import { NamespaceLab } from './namespaces.mjs'

/** Until captures run. */
const SETTING_UP_MS = 2000
/** Without events, all is over after this. */
const SETTLE_SECONDS = 30

/**
 * @typedef {{ atSeconds: number, kind: string, node?: string, link?: [string, string], recover?: boolean }} VectorEvent
 * @typedef {{ name: string, topology: { pool: string, nodes: Record<string, import('./configuration.mjs').Node> },
 *   timers: import('./configuration.mjs').Timers, events?: VectorEvent[], observeAtSeconds?: number | null }} Vector
 */

const [input, output] = process.argv.slice(2)
if (input === undefined || output === undefined) {
  process.stderr.write('Use: node scripts/bird/record.mjs IN.json OUT.json\n')
  process.exit(1)
}
const vector = /** @type {Vector} */ (JSON.parse(readFileSync(input, 'utf8')))
const { nodes, pool } = vector.topology
const names = Object.keys(nodes)
const events = vector.events ?? []
// With configurations, logs and captures; it stays.
const folder = mkdtempSync(path.join(tmpdir(), 'bird-'))
const lab = new NamespaceLab(`b${process.pid}`, folder, nodes)
try {
  lab.create()
  for (const [name, node] of Object.entries(nodes)) lab.configure(name, birdConfiguration(node, vector.timers, pool))
  await sleep(SETTING_UP_MS)
  const startMs = Date.now()
  for (const name of names) lab.start(name, false)
  for (const event of events.toSorted((a, b) => a.atSeconds - b.atSeconds)) {
    await until(startMs + event.atSeconds * 1000)
    apply(event)
  }
  await until(startMs + (vector.observeAtSeconds ?? SETTLE_SECONDS) * 1000)
  writeFileSync(output, `${JSON.stringify(recorded(startMs), null, 1)}\n`)
} finally {
  lab.remove()
}

/** @param {number} timeMs */
async function until(timeMs) {
  await sleep(Math.max(0, timeMs - Date.now()))
}

/** @param {VectorEvent} event */
function apply({ kind, node = '', link, recover = false }) {
  const ends = link ?? [node]
  if (kind === 'agent-kill') lab.end(node, 'SIGKILL')
  else if (kind === 'agent-stop') lab.end(node, 'SIGTERM')
  else if (kind === 'agent-start' || kind === 'recover') lab.start(node, recover || kind === 'recover')
  else if (kind === 'link-silent') lab.setLink(ends, 'silent')
  else if (kind === 'carrier-down' || kind === 'link-down') lab.setLink(ends, 'down')
  else if (kind === 'link-up') lab.setLink(ends, 'up')
  else throw new Error(`No such event: ${kind}`)
}

/** @param {number} startMs */
function recorded(startMs) {
  const observedMs = Date.now()
  const fib = Object.fromEntries(names.map((name) => [name, rowsIn(name)]))
  const changes = names.map((name) => ({ name, changes: routeChanges(path.join(folder, `${name}.routes`)) }))
  const firstEvent = events.length > 0 ? Math.min(...events.map(({ atSeconds }) => atSeconds)) : SETTLE_SECONDS
  const settledMs = startMs + firstEvent * 1000
  const before = changes.flatMap(({ changes: list }) => list.map(({ atMs }) => atMs)).filter((atMs) => atMs < settledMs && atMs >= startMs)
  const messages = names.map((name) => sentMessages(path.join(folder, `${name}.pcap`), startMs, settledMs))
  const sum = (/** @type {'OPEN' | 'UPDATE' | 'KEEPALIVE'} */ kind) => messages.reduce((total, counts) => total + counts[kind], 0)
  return {
    schema: 'cnilab/bgp-vector/v1',
    source: `${outputOf('sh', ['-c', 'bird --version 2>&1'])?.trim()} on Linux ${outputOf('uname', ['-r'])?.trim()}, recorded by scripts/bird/record.mjs`,
    ...vector,
    recorded: {
      observedSeconds: (observedMs - startMs) / 1000,
      convergedSeconds: (Math.max(startMs, ...before) - startMs) / 1000,
      ...(events.length > 0 && { changesSecondsAfterStart: changesAfter(startMs, settledMs, changes) }),
    },
    expected: {
      fib,
      messagesUntilConverged: { OPEN: sum('OPEN'), KEEPALIVE: sum('KEEPALIVE'), UPDATE: sum('UPDATE') },
      messagesExact: false,
    },
  }
}

/**
 * When rows of the pool went and came after the first event, by node: `-10.244.1.0/26` went.
 * @param {number} startMs
 * @param {number} fromMs
 * @param {{ name: string, changes: ReturnType<typeof routeChanges> }[]} changes
 */
function changesAfter(startMs, fromMs, changes) {
  return Object.fromEntries(
    changes.map(({ name, changes: list }) => [
      name,
      list
        .filter(({ atMs, prefix }) => atMs >= fromMs && isInPool(prefix))
        .map(({ atMs, prefix, gone }) => `${((atMs - startMs) / 1000).toFixed(3)} ${gone ? '-' : '+'}${prefix}`),
    ]),
  )
}

/** @param {string} name */
function rowsIn(name) {
  const rows = lab
    .routes(name)
    .filter(({ dst }) => isInPool(dst))
    .map(({ dst, type, gateway, nexthops }) => {
      const hops = nexthops?.map((hop) => hop.gateway) ?? (gateway === undefined ? [] : [gateway])
      return /** @type {const} */ ([dst.includes('/') ? dst : `${dst}/32`, type === 'blackhole' ? ['blackhole'] : hops.toSorted(byAddress)])
    })
  return Object.fromEntries(rows.toSorted(([a], [b]) => byAddress(a, b)))
}

/** @param {string} prefix */
function isInPool(prefix) {
  const [network = '', length = '32'] = pool.split('/')
  const shift = 2 ** (32 - Number(length))
  return Math.floor(valueOf(prefix) / shift) === Math.floor(valueOf(network) / shift)
}

/**
 * @param {string} a
 * @param {string} b
 */
function byAddress(a, b) {
  return valueOf(a) - valueOf(b)
}

/** @param {string} prefix */
function valueOf(prefix) {
  return (prefix.split('/')[0] ?? '').split('.').reduce((value, part) => value * 256 + Number(part), 0)
}
