import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { test } from './fixture/test'

test('the window that opens first is accessible, in both themes', async ({ app }) => {
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `start-${theme}`)
    await expectAccessible(app.page)
  })
})
