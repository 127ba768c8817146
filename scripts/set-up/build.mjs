import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { SetUpError, say } from './say.mjs'

/** What the build is made from. */
const sources = [
  'src-shared', 'src-main', 'src-worker', 'src-renderer', 'electron.vite.config.ts', 'scripts/set-up/third-party-notices.mjs', 'package.json', 'package-lock.json',
]

const stampFile = path.join(root, 'out', '.sources')

/** Builds unless `out/` was built from these very sources. */
export async function build() {
  const stamp = hashOfSources()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  say('Building')
  const code = await runCommand('npm', ['run', '--silent', 'build'], { cwd: root })
  if (code !== 0) throw new SetUpError('The build failed; the reason is above.')
  writeFileSync(stampFile, stamp)
}

/** A hash over names and contents; modification times say nothing after a checkout. */
function hashOfSources() {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesUnder(path.join(root, source)))) {
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/**
 * @param {string} entry
 * @returns {string[]}
 */
function filesUnder(entry) {
  if (path.extname(entry) !== '') return [entry]
  return readdirSync(entry, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name))
    .toSorted()
}
