import { build } from './build.mjs'
import { resolveElectron } from './electron.mjs'
import { installElectronLibraries, installPrograms } from './system-packages.mjs'
import { startXvfb } from './xvfb.mjs'

/**
 * Where end-to-end tests run: a built app, an Electron, and on Linux a display of their own, so that a test window
 * neither needs nor disturbs the desktop.
 * @typedef {object} EndToEndEnvironment
 * @property {NodeJS.ProcessEnv} env
 * @property {import('./electron.mjs').Electron} electron
 * @property {() => void} stop
 */

/** @returns {Promise<EndToEndEnvironment>} */
export async function endToEndEnvironment() {
  const onLinux = process.platform === 'linux'
  if (onLinux) await installPrograms(['Xvfb'])
  const electron = await resolveElectron()
  await installElectronLibraries(electron.executable)
  await build()
  const display = onLinux ? await startXvfb() : null
  return {
    env: { ...process.env, CNI_LAB_ELECTRON: electron.executable, ...(display && { DISPLAY: display.name }) },
    electron,
    stop: () => display?.stop(),
  }
}
