// The tests that failed, from the reports of their runners.
import path from 'node:path'

/**
 * A test that failed: where it is, what it says, and the beginning of its error.
 * @typedef {{ file: string, title: string, error: string }} Failure
 */

/** How much of an error is repeated. */
const ERROR_LINES = 6

/**
 * @typedef {{ name: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages?: string[] }[] }} VitestFile
 */

/**
 * Failures in vitest's JSON report: of tests, and of files that did not load.
 * @param {{ testResults?: VitestFile[] }} report
 * @param {string} root files are named from there
 * @returns {Failure[]}
 */
export function vitestFailures({ testResults = [] }, root) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(root, name)
    const failed = assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages = [] }) => ({ file, title: fullName, error: failureMessages[0] ?? '' }))
    return failed.length === 0 && message ? [{ file, title: '', error: message }] : failed
  })
}

/**
 * @typedef {{ status: string, results: { error?: { message?: string } }[] }} PlaywrightTest
 * @typedef {{ specs?: { file: string, title: string, tests: PlaywrightTest[] }[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 */

/**
 * Failures in Playwright's JSON report; a test that passed on a second try is none.
 * @param {PlaywrightSuite} suite the report itself, or a suite within it
 * @returns {Failure[]}
 */
export function e2eFailures({ specs = [], suites = [] }) {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ results }) => ({ file, title, error: results.at(-1)?.error?.message ?? '' })),
  )
  return [...own, ...suites.flatMap((inner) => e2eFailures(inner))]
}

/**
 * What is told of failures at the end; empty where nothing failed.
 * @param {readonly Failure[]} failures
 */
export function failureLines(failures) {
  return failures
    .map(({ file, title, error }) => {
      const lines = error.split('\n').slice(0, ERROR_LINES)
      return `\nFailed: ${file}${title === '' ? '' : ` › ${title}`}\n${lines.map((line) => `  ${line}\n`).join('')}`
    })
    .join('')
}
