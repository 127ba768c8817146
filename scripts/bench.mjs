// npm run bench: the engine's speed on the benchmark labs, compared with the saved figures.
//   npm run bench -- s4p     one lab
//   npm run bench -- cni     a lab with plugins and cores: its speed beside that of the bare labs
//   npm run bench -- large   clusters of 1,000 and 5,000 nodes: time and memory from file to first packets
//   npm run bench -- policies   the matrix of 5,000 pods under 500 policies: the first answer, and those that follow
//   npm run bench -- ui      the window with a lab of 1,000 nodes and 10,000 pods
//   npm run bench -- --save  keeps what was measured as the figures to compare with
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { largeLine, measureLarge } from './bench-large.mjs'
import { measurePolicies, policiesLine } from './bench-policies.mjs'
import { describeUi, measureUi } from './bench-ui.mjs'
import { build } from './set-up/build.mjs'
import { installDependencies } from './set-up/dependencies.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { root } from './set-up/root.mjs'
import { runScript, say } from './set-up/say.mjs'

const LABS = ['s1', 's2', 's3', 's4', 's4p']
/** The lab that is measured with two threads on the one run as well, and what that measurement is called. */
const TWICE = { lab: 's4p', name: 's4p-two-workers' }
const LARGE = 'large'
const CNI = 'cni'
/** What is measured with plugins and cores: TCP streams through a fabric, every variant once. */
const CNI_LAB = 'leaf-spine-8-nodes'
/** Below this change a difference says more about the machine than about the code. */
const NOISE = 0.1
const saved = path.join(root, 'docs', 'bench.json')

runScript(async () => {
  requireNode()
  await installDependencies()
  await build()
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  if (names.includes('ui')) {
    const measured = await measureUi()
    say(describeUi(measured).join('\n'))
    if (process.argv.includes('--save')) keep({ ui: measured })
    return 0
  }
  if (names.includes('policies')) {
    const before = existsSync(saved) ? JSON.parse(readFileSync(saved, 'utf8')) : {}
    const measured = measurePolicies()
    for (const result of measured) say(policiesLine(result, before[result.scenario]))
    if (process.argv.includes('--save')) keep(Object.fromEntries(measured.map((result) => [result.scenario, result])))
    return 0
  }
  const wanted = names.length > 0 ? names : [...LABS, CNI, LARGE]
  const results = wanted.filter((name) => name !== LARGE && name !== CNI).map((lab) => measure(lab))
  if (wanted.includes(TWICE.lab)) results.push({ ...measure(TWICE.lab, 2), scenario: TWICE.name })
  if (wanted.includes(CNI)) results.push(...measureCni())
  const large = wanted.includes(LARGE) ? measureLarge() : []
  const before = existsSync(saved) ? JSON.parse(readFileSync(saved, 'utf8')) : {}
  for (const result of results) say(line(result, before[result.scenario]))
  for (const sentence of besideBare(results)) say(sentence)
  for (const result of large) say(largeLine(result, before[result.scenario]))
  if (process.argv.includes('--save')) {
    keep(Object.fromEntries([...results, ...large].map((result) => [result.scenario, result])))
  }
  return 0
})

/**
 * @param {Measured[]} results of this measurement
 * @returns {string[]} what two threads and what plugins and cores make of the speed of the bare lab, where both were measured
 */
function besideBare(results) {
  const bare = results.find(({ scenario }) => scenario === TWICE.lab)
  if (bare === undefined) return []
  return results
    .filter(({ scenario }) => scenario === TWICE.name || scenario.startsWith(`${CNI}-`))
    .map(({ scenario, hopsPerSecond }) => `${scenario.padEnd(16)} ${(hopsPerSecond / bare.hopsPerSecond).toFixed(2)} × ${TWICE.lab} of this measurement`)
}

/** @param {Record<string, unknown>} results what was measured, by name; other figures stay as they are */
function keep(results) {
  const before = existsSync(saved) ? JSON.parse(readFileSync(saved, 'utf8')) : {}
  writeFileSync(saved, `${JSON.stringify({ ...before, ...results }, null, 2)}\n`)
  say(`Saved to ${path.relative(root, saved)}.`)
}

/** @typedef {{ scenario: string, hopsPerSecond: number, trajectoryHash: string }} Measured */

/**
 * @param {string} lab
 * @param {number} [workers]
 * @returns {Measured}
 */
function measure(lab, workers = 1) {
  const command = [path.join(root, 'out/main/cli.js'), 'bench', lab, '--workers', String(workers), '--json']
  const output = execFileSync(process.execPath, command, { encoding: 'utf8' })
  return JSON.parse(output)
}

/** @returns {Measured[]} one for each variant of {@link CNI_LAB} */
function measureCni() {
  const lab = path.join(root, 'resources', 'labs', `${CNI_LAB}.cnilab.yaml`)
  const command = [path.join(root, 'out/main/cli.js'), 'run', lab, '--seeds', '2', '--workers', '1', '--json']
  /** @type {{ variants: { name: string, seeds: { packetHops: number, wallSeconds: number, trajectoryHash: string }[] }[] }} */
  const { variants } = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 28 }))
  // The first seed warms the code up.
  return variants.flatMap(({ name, seeds }) =>
    seeds.slice(1).map(({ packetHops, wallSeconds, trajectoryHash }) => ({
      scenario: `cni-${name}`,
      hopsPerSecond: packetHops / wallSeconds,
      trajectoryHash,
    })),
  )
}

/**
 * @param {Measured} result
 * @param {Measured | undefined} before
 */
function line(result, before) {
  const speed = `${result.scenario.padEnd(16)} ${(result.hopsPerSecond / 1e6).toFixed(2).padStart(6)} Mhops/s`
  if (before === undefined) return `${speed}   nothing saved to compare with`
  const ratio = result.hopsPerSecond / before.hopsPerSecond
  const change = Math.abs(ratio - 1) < NOISE ? 'no change beyond noise' : `${ratio.toFixed(2)} × the saved ${(before.hopsPerSecond / 1e6).toFixed(2)}`
  const trajectory = result.trajectoryHash === before.trajectoryHash ? '' : '   goes another way than when saved'
  return `${speed}   ${change}${trajectory}`
}
