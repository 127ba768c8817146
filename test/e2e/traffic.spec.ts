import path from 'node:path'

import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('test/e2e/fixture/flows.cnilab.yaml') } })

test('http traffic is filled in: who asks whom, how much, and how large answers are', async ({ app }) => {
  await app.page.getByRole('tab', { name: /^Traffic/ }).click()
  await app.page.getByRole('button', { name: 'search', exact: true }).click()
  const response = app.page.getByLabel('Response', { exact: true })
  await expect(response).toHaveValue('web-search')
  await response.fill('pareto 30kB 0.5')
  await response.press('Enter')
  await expect(app.page.getByText('The shape of a Pareto distribution is above 1, at most 100.')).toBeVisible()
  await response.fill('pareto 30kB 1.5')
  await response.press('Enter')
  await expect(app.page.getByText('response pareto 30kB 1.5')).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `traffic-form-${theme}`)
    await expectAccessible(app.page, '.form')
  })
})

test('the form shows what a kind has, and what holds while nothing is given', async ({ app: { page } }) => {
  await page.getByRole('tab', { name: /^Traffic/ }).click()
  await page.getByRole('button', { name: 'Add traffic', exact: true }).click()
  const form = page.locator('.form')
  await expect(form.getByLabel('Port', { exact: true })).not.toHaveValue('')
  await form.getByLabel('Kind').selectOption('udp-stream')
  await expect(form.getByLabel('Rate')).toHaveAttribute('placeholder', '1Gbit')
  await form.getByLabel('Kind').selectOption('icmp')
  await expect(form.getByLabel('Rate')).toHaveAttribute('placeholder', 'As much as possible')
  await expect(form.getByLabel('Port', { exact: true })).toHaveCount(0)
})

test('the results show how long flows took, by their size', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(app.page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 })
  const card = app.page.getByRole('region', { name: 'Flow completion: search', exact: true })
  await expect(card.getByRole('img')).toBeVisible()
  await card.scrollIntoViewIfNeeded()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `traffic-completion-${theme}`)
    await expectAccessible(app.page)
  })
})
