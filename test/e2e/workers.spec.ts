import path from 'node:path'
import type { Worker } from 'node:worker_threads'

import type { LabApp } from './fixture/lab-app'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('test/e2e/fixture/short-run.cnilab.yaml') } })

/** Notes the threads that get work from now on; the pool hands its threads to nobody. */
function watchThreads(app: LabApp): Promise<void> {
  return app.electron.evaluate(() => {
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const noted: Worker[] = []
    Object.assign(globalThis, { noted })
    // Called with its own `this` below.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const post = Worker.prototype.postMessage
    Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof post>) {
      noted.push(this)
      post.apply(this, args)
    }
  })
}

/** Ends the thread that got work last, as a crash would. */
function killThread(app: LabApp): Promise<void> {
  return app.electron.evaluate(async () => {
    const { noted } = globalThis as unknown as { noted: Worker[] }
    await noted.at(-1)!.terminate()
  })
}

test('a worker that is killed ends its run with a reason, and the next run is done', async ({ app }) => {
  const run = app.page.getByRole('button', { name: 'Run', exact: true })
  const duration = app.page.getByRole('banner').getByRole('textbox', { name: 'Duration' })
  await watchThreads(app)
  await duration.fill('100s')
  await duration.press('Enter')
  await run.click()
  await expect(app.page.getByText(/events a second/)).toBeVisible()
  await killThread(app)
  await expect(app.page.getByText(/its worker ended unexpectedly/).first()).toBeVisible()

  await app.page.getByRole('button', { name: 'Design' }).click()
  await duration.fill('60ms')
  await duration.press('Enter')
  await run.click()
  await expect(app.page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 })
})
