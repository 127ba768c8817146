// npm start: sets up what is missing, then opens the app; without a display it runs the example from the command line.
// Works in a fresh clone: nothing here or in set-up/ imports a package before the packages are installed.
import path from 'node:path'

import { build } from './set-up/build.mjs'
import { installDependencies } from './set-up/dependencies.mjs'
import { electronSwitches, hasDisplay } from './set-up/display.mjs'
import { resolveElectron } from './set-up/electron.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { root } from './set-up/root.mjs'
import { runCommand } from './set-up/run-command.mjs'
import { runScript, say } from './set-up/say.mjs'
import { installElectronLibraries } from './set-up/system-packages.mjs'

const example = path.join('resources', 'labs', 'calico-vs-cilium.cnilab.yaml')

runScript(async () => {
  requireNode()
  await installDependencies()
  await build()
  return hasDisplay() ? openApp() : runExample()
})

/** Opens the window; arguments after `npm start --` go to the app, a lab file for instance. */
async function openApp() {
  const electron = await resolveElectron()
  await installElectronLibraries(electron.executable)
  say('Opening CNI Lab')
  // Chromium's own log is about desktop services that may be absent (D-Bus, a GPU); the app's lines come through.
  const switches = ['--log-level=3', ...electronSwitches()]
  const code = await runCommand(electron.executable, [...switches, root, ...process.argv.slice(2)])
  if (code !== 0) say(`CNI Lab ended with code ${code}; ${electron.executable} ${root} says more`)
  return code
}

/** What can be shown without a window: the comparison as a table, and the report with its charts. */
async function runExample() {
  const folder = path.join('out', 'example-run')
  say(`There is no display: running ${example} without a window`)
  const cli = path.join(root, 'out', 'main', 'cli.js')
  const code = await runCommand(process.execPath, [cli, 'run', example, '--out', folder], { cwd: root })
  if (code === 0) say(`The report with its charts: ${path.join(root, folder, 'report.html')}`)
  return code
}
