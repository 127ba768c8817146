// Writes docs/datapaths from the descriptions that the simulation runs.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const options = ['run', '--project', 'golden', 'test/golden/datapath-docs.test.ts', '--update']
process.exitCode = spawnSync(process.execPath, [vitest, ...options], { stdio: 'inherit' }).status ?? 1
