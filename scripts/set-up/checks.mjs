import { spawn } from 'node:child_process'

import { root } from './root.mjs'
import { say } from './say.mjs'

/** What must hold of the sources, by name, with the npm script that checks it. Lint takes as long as all others. */
const lanes = [
  [{ name: 'Lint', script: 'check:lint' }],
  [
    { name: 'Types', script: 'check:types' },
    { name: 'Imports', script: 'check:imports' },
    { name: 'Unused code', script: 'check:unused' },
  ],
]

/**
 * Checks the sources, two checks at a time; the output of each comes in one piece, when it is done.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks() {
  say('Checking: lint, types, imports, unused code')
  const outcomes = await Promise.all(
    lanes.map(async (lane) => {
      const held = []
      for (const check of lane) held.push(await runCheck(check))
      return held
    }),
  )
  const all = outcomes.flat()
  const passed = all.filter(Boolean).length
  return { passed, failed: all.length - passed }
}

/** @param {{ name: string, script: string }} check */
async function runCheck({ name, script }) {
  const { code, output } = await runQuietly('npm', ['run', '--silent', script])
  say(`${name}: ${code === 0 ? 'holds' : 'does not hold'}`)
  if (code !== 0) process.stdout.write(output)
  return code === 0
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function runQuietly(command, args) {
  const child = spawn(command, args, { cwd: root, shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 128, output }))
  })
}
