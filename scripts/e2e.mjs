// npm run test:e2e -- [FILE…]: sets up what is missing and runs the end-to-end specs in the real Electron.
import { installDependencies } from './set-up/dependencies.mjs'
import { endToEndEnvironment } from './set-up/e2e-environment.mjs'
import { requireNode } from './set-up/node-version.mjs'
import { root } from './set-up/root.mjs'
import { runCommand } from './set-up/run-command.mjs'
import { runScript } from './set-up/say.mjs'

runScript(async () => {
  requireNode()
  await installDependencies()
  const { env, stop } = await endToEndEnvironment()
  try {
    return await runCommand('npx', ['playwright', 'test', '--project=app', ...process.argv.slice(2)], { cwd: root, env })
  } finally {
    stop()
  }
})
