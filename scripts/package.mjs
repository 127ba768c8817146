// npm run package: packs the app with electron-builder. Installers need tools that electron-builder fetches from
// GitHub; where that is out of reach the unpacked folder is made, which runs just the same.
import path from 'node:path'

import { build } from './set-up/build.mjs'
import { installDependencies } from './set-up/dependencies.mjs'
import { resolveElectron } from './set-up/electron.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { root } from './set-up/root.mjs'
import { runCommand } from './set-up/run-command.mjs'
import { runScript, say } from './set-up/say.mjs'

runScript(async () => {
  requireNode()
  await installDependencies()
  await build()
  return packageApp(process.argv.includes('--dir'))
})

/** @param {boolean} folderOnly */
async function packageApp(folderOnly) {
  const electron = await resolveElectron()
  const unpacked = folderOnly || electron.isFallback
  say(unpacked ? 'Packing the app as a folder' : 'Packing the app and its installers')
  const code = await runCommand(
    'npx',
    [
      'electron-builder',
      '--config=electron-builder.config.js',
      ...(unpacked ? ['--dir'] : []),
      `-c.electronDist=${electron.folder}`,
      `-c.electronVersion=${electron.version}`,
    ],
    { cwd: root },
  )
  if (code === 0) say(`Packed: ${path.join(root, 'dist')}`)
  return code
}
