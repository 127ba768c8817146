import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from './fixture/test'

const file = path.resolve('test/e2e/fixture/short-run.cnilab.yaml')

test.use({ launch: { file } })

interface Outcome {
  readonly variants: readonly { readonly name: string; readonly seeds: readonly { readonly seed: number; readonly trajectoryHash: string }[] }[]
}

/** The ways that a run's variants and seeds went. */
function ways({ variants }: Outcome): Record<string, string> {
  return Object.fromEntries(variants.flatMap(({ name, seeds }) => seeds.map((outcome) => [`${name} ${outcome.seed}`, outcome.trajectoryHash])))
}

test('a run in the window goes, packet by packet, the way of the same run in Node', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(app.page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 })
  const userData = await app.electron.evaluate((electron) => electron.app.getPath('userData'))
  const kept = (await readdir(userData, { recursive: true })).filter((name) => path.basename(name) === 'results.json')
  expect(kept).toHaveLength(1)
  const inWindow = JSON.parse(await readFile(path.join(userData, kept[0]!), 'utf8')) as Outcome
  const { stdout } = await promisify(execFile)(process.execPath, ['out/main/cli.js', 'run', file, '--json'], { maxBuffer: 2 ** 26 })
  expect(ways(inWindow)).toEqual(ways(JSON.parse(stdout) as Outcome))
  expect(Object.keys(ways(inWindow))).toHaveLength(6)
})
