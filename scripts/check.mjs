// npm run check: the gate before a commit. Sources first, then the tests that need neither a build nor a window.
import { runChecks } from './set-up/checks.mjs'
import { root } from './set-up/root.mjs'
import { runCommand } from './set-up/run-command.mjs'
import { runScript } from './set-up/say.mjs'

runScript(async () => {
  const { failed } = await runChecks()
  const code = await runCommand('npm', ['run', '--silent', 'test:unit'], { cwd: root })
  return failed === 0 ? code : 1
})
