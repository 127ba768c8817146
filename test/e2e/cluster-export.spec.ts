import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.describe('exporting for a real cluster', () => {
  test('shows files and what they leave out, and writes them into a folder, replacing nothing unasked', async ({ app, folder }) => {
    const { page } = app
    await page.keyboard.press('Control+K')
    await page.keyboard.type('real cluster')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Export for a real cluster' })
    await dialog.getByRole('button', { name: 'Helm' }).click()
    await dialog.getByRole('button', { name: 'cilium-vxlan.values.yaml' }).click()
    await expect(dialog.getByLabel('cilium-vxlan.values.yaml')).toContainText('clusterPoolIPv4PodCIDRList')
    await expect(dialog.getByLabel('What the files leave out')).toContainText('workloads; see those for manifests')
    await inBothThemes(app, async (theme) => {
      await expectAccessible(page, '[role=dialog]')
      await keepScreenshot(app, `cluster-export-${theme}`)
    })

    const out = path.join(folder, 'user-data')
    const before = await readdir(out)
    await app.answerOpenDialog(out)
    await dialog.getByRole('button', { name: 'Save 2 files…' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText(`Saved 2 files in ${out}`)).toBeVisible()
    const values = await readFile(path.join(out, 'cilium-vxlan.values.yaml'), 'utf8')
    expect((await readdir(out)).filter((name) => !before.includes(name))).toEqual(expect.arrayContaining(['calico-ipip.values.yaml', 'cilium-vxlan.values.yaml']))
    expect(values).toContain('clusterPoolIPv4PodCIDRList')

    await app.answerMessageBox('Cancel')
    await page.keyboard.press('Control+Shift+E')
    await dialog.getByRole('button', { name: 'Save 2 files…' }).click()
    await expect.poll(() => app.messageBoxes()).toEqual([expect.stringContaining('Replace 2 files in “user-data”?')])
    await expect(dialog).toBeVisible()
  })

  test('writes one file where the user chooses, and names what keeps a lab with errors from being exported', async ({ app, folder }) => {
    const { page } = app
    const dialog = page.getByRole('dialog', { name: 'Export for a real cluster' })
    await app.answerSaveDialog(path.join(folder, 'mine.yaml'))
    await app.chooseMenu('File', 'Export for a Real Cluster')
    await dialog.getByLabel('Variant').selectOption('calico-ipip')
    await dialog.getByRole('button', { name: 'Save…' }).click()
    await expect(dialog).toBeHidden()
    expect(await readFile(path.join(folder, 'mine.yaml'), 'utf8')).toContain('disableDefaultCNI: true')

    await page.getByLabel('Pod CIDR').fill('10.96.0.0/12')
    await page.getByLabel('Pod CIDR').press('Enter')
    await page.keyboard.press('Control+Shift+E')
    await expect(dialog.getByText(/The lab has errors, and no files can be made of it/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Show problems' }).click()
    await expect(page.getByRole('list', { name: 'Problems' })).toBeVisible()
  })
})
