import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import type { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

const failureLab = (name: string): string => path.resolve(`resources/labs/failures/${name}.cnilab.yaml`)

function lane(app: LabApp, name: string): Locator {
  return app.page.getByRole('list', { name: 'Faults over the run' }).getByRole('listitem').filter({ hasText: name })
}

async function showFaults(app: LabApp): Promise<void> {
  await app.page.getByRole('tab', { name: /^Faults/ }).click()
}

test.describe('faults on the timeline', () => {
  test.use({ launch: { file: failureLab('link-flap') } })

  test('are moved and lengthened by pointer and keys, each a step that is taken back', async ({ app, folder }) => {
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await showFaults(app)
    const row = lane(app, 'Link flaps: tor-a – spine-1')
    const bar = row.getByRole('button', { name: /^Link flaps: .*,/ })
    await expect(bar).toHaveAccessibleName(/ to /)
    const before = await bar.getAttribute('aria-label')

    await bar.focus()
    await bar.press('ArrowRight')
    await bar.press('ArrowRight')
    await expect(bar).not.toHaveAccessibleName(before!)
    await app.page.keyboard.press('Control+z')
    await expect(bar).toHaveAccessibleName(before!)

    const box = (await bar.boundingBox())!
    await app.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await app.page.mouse.down()
    await app.page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 4 })
    await app.page.mouse.up()
    await expect(bar).not.toHaveAccessibleName(before!)
    const moved = await bar.getAttribute('aria-label')

    const end = row.getByRole('slider', { name: /^End of/ })
    await end.focus()
    await end.press('Shift+ArrowLeft')
    await expect(bar).not.toHaveAccessibleName(moved!)
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `faults-${theme}`)
      await expectAccessible(app.page)
    })
    await app.page.keyboard.press('Control+z')
    await app.page.keyboard.press('Control+z')
    await expect(bar).toHaveAccessibleName(before!)

    const file = path.join(folder, 'same.cnilab.yaml')
    await app.answerSaveDialog(file)
    await app.page.keyboard.press('Control+Shift+s')
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe(await readFile(failureLab('link-flap'), 'utf8'))
  })
})

test('a fault is added for what is selected, picked on the canvas, edited and deleted', async ({ app }) => {
  const { page } = app
  await showFaults(app)
  await expect(page.getByText('Nothing breaks')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add a fault' }).click()
  await page.getByRole('menuitem', { name: /^Link down/ }).click()
  const form = page.getByRole('complementary', { name: 'Inspector' })
  await expect(form.getByLabel('Kind')).toHaveValue('link-down')

  await form.getByRole('button', { name: 'Pick on the canvas' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Press the link that fails' })).toBeVisible()
  await page.locator('.vue-flow__edge[aria-label^="Uplink node-2 to"] .target').click({ force: true })
  await expect(form.getByLabel('Link', { exact: true })).toHaveValue(/node-2/)
  await expect(page.locator('.vue-flow__edge[aria-label*="Link down at"]')).toHaveCount(1)

  await form.getByLabel('Kind').selectOption('node-crash')
  await expect(form.getByLabel('Node', { exact: true })).toBeVisible()
  await expect(page.locator('.vue-flow__node[aria-label*="Node crashes at"]')).toHaveCount(1)
  await form.getByLabel('Begins').fill('9h')
  await form.getByLabel('Begins').press('Enter')
  await expect(form.getByText(/not a/)).toBeVisible()
  await form.getByLabel('Begins').fill('100s')
  await form.getByLabel('Begins').press('Enter')
  await expect(lane(app, 'Node crashes')).toContainText('ends before it starts')
  await keepScreenshot(app, 'faults-problem')

  await lane(app, 'Node crashes').getByRole('button', { name: /^Delete/ }).click()
  await expect(page.getByText('Nothing breaks')).toBeVisible()
})
