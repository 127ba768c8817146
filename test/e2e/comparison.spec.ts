import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('test/e2e/fixture/short-run.cnilab.yaml') } })

test('a run compares its variants in seven rows, each cell with what is behind it, and checks claims', async ({ app, folder }) => {
  const { page } = app
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Comparison', exact: true }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(7, { timeout: 30_000 })
  const cell = page.getByRole('button', { name: /^Infrastructure, calico-ipip/ })
  await expect(cell).toContainText('cali… → tunl0 → eth0')
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `comparison-${theme}`)
    await expectAccessible(page)
  })

  await cell.click()
  const behind = page.getByRole('region', { name: 'Behind Infrastructure, calico-ipip' })
  await expect(behind.getByRole('columnheader')).toHaveText(['From', 'What', 'Value'])
  await keepScreenshot(app, 'comparison-cell')

  await page.getByText('IPIP needs no overlay.').click()
  await page.getByText('VXLAN isolates better.').click()
  await expect(page.getByText('That is an overlay.')).toBeVisible()
  await page.getByText('Common claims, checked').scrollIntoViewIfNeeded()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `claims-${theme}`)
    await expectAccessible(page)
  })

  const file = path.join(folder, 'comparison.csv')
  await app.answerSaveDialog(file)
  await page.getByRole('region', { name: 'Comparison in seven rows', exact: true }).getByRole('button', { name: 'Export CSV' }).click()
  await expect(page.getByText('Saved comparison.csv')).toBeVisible()
  expect((await readFile(file, 'utf8')).split('\r\n')[0]).toBe('row,host,calico-ipip,cilium-vxlan')
})
