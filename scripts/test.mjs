// npm test: sets up what is missing, then checks, tests, builds and packs, and counts it all. Output streams; the tests
// that failed are named again at its end, and the last line is "N passed, N failed", where a check or a step counts as one
// test.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

import { build } from './set-up/build.mjs'
import { runChecks } from './set-up/checks.mjs'
import { installDependencies } from './set-up/dependencies.mjs'
import { endToEndEnvironment } from './set-up/e2e-environment.mjs'
import { e2eFailures, failureLines, vitestFailures } from './set-up/failures.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { packedExecutable } from './set-up/packed.mjs'
import { root } from './set-up/root.mjs'
import { runCommand } from './set-up/run-command.mjs'
import { runScript, say } from './set-up/say.mjs'
import { installPrograms } from './set-up/system-packages.mjs'

const results = path.join(root, 'test-results')
const total = { passed: 0, failed: 0 }
/** @type {import('./set-up/failures.mjs').Failure[]} */
const failures = []

runScript(async () => {
  requireNode()
  await installDependencies()
  // Captures that the simulation writes are read back by the program that everybody reads captures with.
  if (process.platform === 'linux') await installPrograms(['tshark'])
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })

  const checks = await runChecks()
  count(checks.passed, checks.failed, 0)
  // Tests of worker threads and of the command line run what was built.
  await build()
  await runVitest()
  await runEndToEnd()
  process.stdout.write(failureLines(failures))
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  return total.failed === 0 ? 0 : 1
})

async function runVitest() {
  say('Unit, property, golden, validation and conformance tests')
  const report = path.join(results, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await runCommand('npx', ['vitest', 'run', ...reporters], { cwd: root })
  const outcome = readReport(report) ?? {}
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = outcome
  failures.push(...vitestFailures(outcome, root))
  count(passed, failed, code)
}

async function runEndToEnd() {
  const { env, stop } = await endToEndEnvironment()
  try {
    await runPlaywright('End-to-end tests', 'app', env)
    if (await step('Packing', 'npm', ['run', '--silent', 'package', '--', '--dir'])) {
      await runPlaywright('End-to-end tests of the packed app', 'packed', { ...env, CNI_LAB_PACKED: packedExecutable() })
    }
  } finally {
    stop()
  }
}

/**
 * @param {string} name
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 */
async function runPlaywright(name, project, env) {
  say(name)
  const report = path.join(results, `e2e-${project}.json`)
  const code = await runCommand('npx', ['playwright', 'test', `--project=${project}`], {
    cwd: root,
    env: { ...env, CNI_LAB_E2E_REPORT: report },
  })
  const outcome = readReport(report) ?? {}
  const { expected: passed = 0, unexpected = 0, flaky = 0 } = outcome.stats ?? {}
  failures.push(...e2eFailures(outcome))
  if (flaky > 0) say(`${flaky} of these passed on a second try only`)
  count(passed + flaky, unexpected, code)
}

/**
 * Runs a command that either holds or does not.
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 */
async function step(name, command, args) {
  say(name)
  const code = await runCommand(command, args, { cwd: root })
  count(code === 0 ? 1 : 0, code === 0 ? 0 : 1, code)
  return code === 0
}

/**
 * Adds to the total. A runner that failed without naming a failed test, because a file did not load for instance, is
 * itself the failure.
 * @param {number} passed
 * @param {number} failed
 * @param {number} code
 */
function count(passed, failed, code) {
  total.passed += passed
  total.failed += failed === 0 && code !== 0 ? 1 : failed
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}
