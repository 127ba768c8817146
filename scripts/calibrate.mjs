// npm run calibrate: fits what stages cost to the published tables, and writes what it found beside them.
//   npm run calibrate -- --steps 0   fits nothing, and says how far off the factors are as they stand
import { execFileSync } from 'node:child_process'
import { readdirSync, renameSync } from 'node:fs'
import path from 'node:path'

import { build } from './set-up/build.mjs'
import { installDependencies } from './set-up/dependencies.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { root } from './set-up/root.mjs'
import { runScript } from './set-up/say.mjs'

const folder = path.join(root, 'resources', 'calibration')
const tables = path.join(folder, 'tables')

runScript(async () => {
  requireNode()
  await installDependencies()
  await build()
  const files = readdirSync(tables).filter((name) => name.endsWith('.json')).sort()
  const cli = path.join(root, 'out/main/cli.js')
  const given = process.argv.slice(2)
  execFileSync(process.execPath, [cli, 'calibrate', ...files.map((name) => path.join(tables, name)), '--out', folder, ...given], {
    stdio: 'inherit',
  })
  renameSync(path.join(folder, 'calibration.md'), path.join(root, 'docs', 'calibration.md'))
  return 0
})
