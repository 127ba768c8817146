import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { SetUpError, say } from './say.mjs'

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage */

/** Installs the locked packages where any of them is missing or another version. */
export async function installDependencies() {
  if (isInstalled()) return
  say('Installing packages (npm ci; about a minute the first time)')
  const code = await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  if (code !== 0) {
    throw new SetUpError(
      'The packages could not be installed; npm says why above. Out of reach of registry.npmjs.org, name a mirror\n' +
        '(npm_config_registry) or a proxy (npm_config_https_proxy); where npm may not write its cache, name a folder of your\n' +
        'own (npm_config_cache). Then start again.',
    )
  }
}

/**
 * Whether node_modules is what package-lock.json asks for. npm leaves a copy of the lock beside what it installed, as
 * its last step; optional packages may be absent from it, those of other platforms are.
 */
function isInstalled() {
  const installed = lockedPackages(path.join(root, 'node_modules', '.package-lock.json'))
  const wanted = lockedPackages(path.join(root, 'package-lock.json'))
  return Object.entries(wanted).every(([name, { version, integrity, optional }]) => {
    const found = installed[name]
    if (name === '') return true
    if (!found) return optional === true
    return found.version === version && found.integrity === integrity
  })
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}
