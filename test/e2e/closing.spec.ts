import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { LabApp } from './fixture/lab-app'
import { expect, test } from './fixture/test'

/** Makes one change to the lab, as a person with a keyboard does. */
async function edit(app: LabApp): Promise<void> {
  await app.page.getByRole('button', { name: /^Spine switch/ }).press('Enter')
  await expect.poll(() => app.title()).toMatch(/^● /)
}

/** A file with the example, opened in the app. */
async function openCopy(app: LabApp, folder: string): Promise<string> {
  const file = path.join(folder, 'copy.cnilab.yaml')
  await writeFile(file, await readFile('resources/labs/calico-vs-cilium.cnilab.yaml'))
  await app.answerOpenDialog(file)
  await app.chooseMenu('File', 'Open')
  await expect.poll(() => app.title()).toBe('copy — CNI Lab')
  return file
}

test.describe('closing the window', () => {
  test('asks nothing when nothing changed', async ({ app }) => {
    await app.closeWindow()
    await app.waitForExit()
  })

  test('stays, with the changes, when the user cancels', async ({ app }) => {
    await edit(app)
    await app.answerMessageBox('Cancel')
    await app.closeWindow()
    await expect.poll(() => app.messageBoxes()).toEqual([expect.stringContaining('Save the changes to “calico-vs-cilium”?')])
    expect(await app.title()).toBe('● calico-vs-cilium — CNI Lab')
  })

  test('saves first when the user says so', async ({ app, folder }) => {
    const file = await openCopy(app, folder)
    await edit(app)
    await app.answerMessageBox('Save')
    await app.closeWindow()
    await app.waitForExit()
    expect(await readFile(file, 'utf8')).toContain('spine-2')
  })

  test('gives changes up when the user says so', async ({ app, folder }) => {
    const file = await openCopy(app, folder)
    await edit(app)
    await app.answerMessageBox('Don’t Save')
    await app.closeWindow()
    await app.waitForExit()
    expect(await readFile(file, 'utf8')).not.toContain('spine-2')
  })

  test('works the second time when the page hangs', async ({ app }) => {
    await edit(app)
    await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      void contents?.executeJavaScript('for (;;);')
    })
    await app.closeWindow()
    await app.closeWindow()
    await app.waitForExit()
  })
})
