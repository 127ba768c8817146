/// <reference lib="dom" />
// npm run bench -- ui: how fast the window is with a lab of 1,000 nodes and 10,000 pods, in the real app with software
// rendering. Wall times say what a person sees on this machine as busy as it is; thread times say what the window itself
// takes, whatever else runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { _electron as electron } from '@playwright/test'

import { endToEndEnvironment } from './set-up/e2e-environment.mjs'
import { root } from './set-up/root.mjs'

const RACKS = 50
const NODES_PER_RACK = 20
const PODS = 10_000
const PAN_STEPS = 90

/** What has to hold (docs/bench.json keeps what was measured). */
const LIMITS = { openMs: 5000, frameMs: 1000 / 30, editMs: 100 }

/** The window rests when its thread is busy for no longer than this in so many frames. */
const RESTING = { frames: 30, ms: 30 }

/**
 * @typedef {object} UiMeasurement
 * @property {'cnilab/bench-ui/v1'} schema
 * @property {{ nodes: number, pods: number }} lab
 * @property {{ wallMs: number }} open from the start of the app to the lab drawn
 * @property {{ overview: Pan, near: Pan }} pan
 * @property {{ wallMs: number, threadMs: number }} edit median from a key to the frame that shows it
 */
/** @typedef {{ framesPerSecond: number, threadMsPerFrame: number, elements: number }} Pan */

/** @returns {Promise<UiMeasurement>} */
export async function measureUi() {
  const { env, electron: runtime, stop } = await endToEndEnvironment()
  const folder = mkdtempSync(path.join(tmpdir(), 'cni-lab-bench-'))
  const file = path.join(folder, 'large.cnilab.yaml')
  writeFileSync(file, largeLab())
  const began = performance.now()
  const app = await electron.launch({
    executablePath: runtime.executable,
    args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', `--user-data-dir=${path.join(folder, 'user-data')}`, file],
    env: /** @type {Record<string, string>} */ (env),
    colorScheme: null,
  })
  try {
    const page = await app.firstWindow()
    await page.locator('.vue-flow__node').first().waitFor()
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    const open = { wallMs: Math.round(performance.now() - began) }
    const client = await page.context().newCDPSession(page)
    await client.send('Performance.enable', { timeDomain: 'threadTicks' })
    await comeToRest(page, client)
    const overview = await pan(page, client)
    await page.keyboard.press('Control+f')
    await page.keyboard.type('node-500')
    await page.getByRole('option', { name: 'node-500' }).first().click()
    await page.locator('[data-id="node:node-500"]').waitFor({ timeout: 60_000 })
    await comeToRest(page, client)
    const near = await pan(page, client)
    const edit = await edits(page, client)
    return { schema: 'cnilab/bench-ui/v1', lab: { nodes: RACKS * NODES_PER_RACK, pods: PODS }, open, pan: { overview, near }, edit }
  } finally {
    await app.evaluate(({ app: running }) => running.exit(0)).catch(() => undefined)
    stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * A measurement in words, a line each, with what is beyond its limit marked.
 * @param {UiMeasurement} measured
 */
export function describeUi({ open, pan: { overview, near }, edit }) {
  /** @param {boolean} holds */
  const mark = (holds) => (holds ? '' : '   BEYOND THE LIMIT')
  /** @param {Pan} each */
  const frames = (each) => `${each.framesPerSecond.toFixed(0)} frames/s, ${each.threadMsPerFrame.toFixed(1)} ms of its thread a frame, ${each.elements} cards in the page${mark(each.threadMsPerFrame <= LIMITS.frameMs)}`
  return [
    `open          ${(open.wallMs / 1000).toFixed(1)} s from the start of the app${mark(open.wallMs <= LIMITS.openMs)}`,
    `pan, far      ${frames(overview)}`,
    `pan, near     ${frames(near)}`,
    `edit          ${edit.wallMs.toFixed(0)} ms until it shows, ${edit.threadMs.toFixed(0)} ms of its thread${mark(edit.threadMs <= LIMITS.editMs)}`,
  ]
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').CDPSession} client
 * @returns {Promise<Pan>}
 */
async function pan(page, client) {
  const box = await page.locator('.vue-flow__pane').boundingBox()
  if (box === null) throw new Error('The canvas is not in sight')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down({ button: 'middle' })
  await page.evaluate(() => {
    const seen = { frames: 0, since: performance.now(), on: true }
    Object.assign(window, { seen })
    const count = () => {
      seen.frames += 1
      if (seen.on) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  const before = await threadMs(client)
  for (let step = 0; step < PAN_STEPS; step += 1) await page.mouse.move(x + Math.sin(step / 8) * 240, y + Math.cos(step / 8) * 140)
  const after = await threadMs(client)
  const { frames, ms } = await page.evaluate(() => {
    const { seen } = /** @type {{ seen: { frames: number, since: number, on: boolean } }} */ (/** @type {unknown} */ (window))
    seen.on = false
    return { frames: seen.frames, ms: performance.now() - seen.since }
  })
  await page.mouse.up({ button: 'middle' })
  return { framesPerSecond: (frames / ms) * 1000, threadMsPerFrame: (after - before) / frames, elements: await page.locator('.vue-flow__node').count() }
}

/**
 * Waits until the window has nothing more to do: through so many frames its thread does next to nothing.
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').CDPSession} client
 */
async function comeToRest(page, client) {
  let took = Infinity
  while (took > RESTING.ms) {
    const before = await threadMs(client)
    await page.evaluate((frames) => new Promise((resolve) => {
      const count = (/** @type {number} */ left) => left === 0 ? resolve(left) : requestAnimationFrame(() => count(left - 1))
      count(frames)
    }), RESTING.frames)
    took = (await threadMs(client)) - before
  }
}

/**
 * Moves a node by arrow keys, as a person does, and by what is between two frames.
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').CDPSession} client
 */
async function edits(page, client) {
  await page.locator('[data-id="node:node-500"]').focus()
  const walls = []
  const threads = []
  for (let step = 0; step < 9; step += 1) {
    await comeToRest(page, client)
    const before = await threadMs(client)
    walls.push(await page.evaluate(async (key) => {
      const since = performance.now()
      window.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }))
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return performance.now() - since
    }, step % 2 === 0 ? 'ArrowRight' : 'ArrowLeft'))
    threads.push((await threadMs(client)) - before)
  }
  return { wallMs: median(walls), threadMs: median(threads) }
}

/**
 * The time that the window's main thread has been busy.
 * @param {import('@playwright/test').CDPSession} client
 */
async function threadMs(client) {
  const { metrics } = await client.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function largeLab() {
  const racks = Array.from({ length: RACKS }, (_, index) => index + 1)
  return `${[
    'apiVersion: cnilab.dev/v1alpha1', 'kind: Lab', 'metadata: {name: large}', 'spec:', '  fabric:', '    racks:',
    ...racks.map((rack) => `      - {name: rack-${rack}}`),
    '    switches:',
    ...racks.map((rack) => `      - {name: leaf-${rack}, role: tor, rack: rack-${rack}}`),
    ...[1, 2, 3, 4].map((spine) => `      - {name: spine-${spine}, role: spine}`),
    '    links:',
    ...racks.flatMap((rack) => [1, 2, 3, 4].map((spine) => `      - {ends: [leaf-${rack}, spine-${spine}], rate: 100Gbit}`)),
    '  nodes:',
    ...racks.flatMap((rack) => Array.from({ length: NODES_PER_RACK }, (_, index) =>
      `    - {name: node-${(rack - 1) * NODES_PER_RACK + index + 1}, rack: rack-${rack}, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: leaf-${rack}}]}`)),
    '  cluster:', '    workloads:',
    `      - {name: client, labels: {app: client}, replicas: ${PODS / 2}}`,
    `      - {name: server, labels: {app: server}, replicas: ${PODS / 2}}`,
  ].join('\n')}\n`
}
