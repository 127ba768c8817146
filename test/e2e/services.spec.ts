import path from 'node:path'

import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('resources/labs/load-balancer.cnilab.yaml') } })

test('a service tells where it answers, who answers and which nodes announce it', async ({ app }) => {
  await app.page.locator('.vue-flow [data-id="service:default/shop-local"]').click()
  const panel = app.page.locator('.facts')
  await expect(panel.getByText('198.51.100.8')).toBeVisible()
  await expect(panel.getByText('node-2, node-3')).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `service-inspector-${theme}`)
    await expectAccessible(app.page)
  })
})

test('traffic from outside can be sent to a service', async ({ app }) => {
  await app.page.getByRole('tab', { name: /^Traffic/ }).click()
  await app.page.getByRole('button', { name: 'at-a-node-port', exact: true }).click()
  await app.page.getByLabel('To', { exact: true }).selectOption({ label: 'shop-local' })
  await expect(app.page.getByLabel('Port', { exact: true })).toHaveValue('80')
  await keepScreenshot(app, 'service-traffic')
})
