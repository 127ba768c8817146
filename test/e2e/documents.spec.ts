import { readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { LabApp } from './fixture/lab-app'
import { LabApp as Launcher, answerMessageBox } from './fixture/lab-app'
import { expect, test } from './fixture/test'

const empty = (): Promise<string> => readFile('resources/templates/empty.cnilab.yaml', 'utf8')

/** Opens a file through the open dialog and comes to the answer. */
async function openThroughDialog(app: LabApp, file: string, unsaved: string | null = null) {
  await app.answerOpenDialog(file)
  return app.page.evaluate((text) => window.lab.openDocument({ unsaved: text }), unsaved)
}

test.describe('documents at the border of the window', () => {
  test('a file that is not a lab is refused with code and line, and the open lab stays', async ({ app, folder }) => {
    const file = path.join(folder, 'broken.cnilab.yaml')
    await writeFile(file, 'apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nspec: {nodes: [\n')
    const title = await app.title()
    const answer = await openThroughDialog(app, file)
    expect(answer).toMatchObject({
      ok: false,
      error: {
        code: 'document.invalid',
        problems: expect.arrayContaining([expect.objectContaining({ severity: 'error', code: 'yaml-syntax', line: 4 })]),
      },
    })
    expect(await app.title()).toBe(title)
  })

  test('a lab is saved whole, under the name chosen, and nothing else is left in the folder', async ({ app, folder }) => {
    const target = path.join(folder, 'labs.cnilab.yaml')
    const text = await empty()
    await app.answerSaveDialog(target)
    const answer = await app.page.evaluate((content) => window.lab.saveDocument({ text: content, as: true }), text)
    expect(answer).toEqual({ ok: true, value: { path: target, name: 'labs' } })
    expect(await readFile(target, 'utf8')).toBe(text)
    expect((await readdir(folder)).toSorted()).toEqual(['labs.cnilab.yaml', 'user-data'])
    expect(await app.title()).toBe('labs — CNI Lab')
  })

  test('a saved lab is offered as recent, newest first', async ({ app, folder }) => {
    const files = ['one', 'two'].map((name) => path.join(folder, `${name}.cnilab.yaml`))
    for (const file of files) {
      await writeFile(file, await empty())
      await openThroughDialog(app, file)
    }
    const recent = await app.page.evaluate(() => window.lab.listRecentDocuments())
    expect(recent).toEqual({
      ok: true,
      value: files.toReversed().map((file) => ({ path: file, name: path.basename(file, '.cnilab.yaml') })),
    })
  })

  test('an exported picture is written where the user chooses', async ({ app, folder }) => {
    await app.answerSaveDialog(path.join(folder, 'chart.png'))
    const answer = await app.page.evaluate(() =>
      window.lab.exportFile({ suggestedName: 'chart.png', kind: 'png', bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }),
    )
    expect(answer).toMatchObject({ ok: true, value: { name: 'chart.png' } })
    expect([...(await readFile(path.join(folder, 'chart.png')))]).toEqual([0x89, 0x50, 0x4e, 0x47])
  })

  test('a page that dies is loaded again, with its draft', async ({ app }) => {
    app.trouble.expect(/the window's process ended: crashed/, /the page crashed/)
    const text = `${await empty()}# edited\n`
    await app.page.evaluate(async (draft) => {
      await window.lab.setDocumentEdited({ edited: true })
      await window.lab.keepDraft({ text: draft })
    }, text)
    await app.answerMessageBox('Recover')
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
    await expect.poll(() => app.messageBoxes()).toEqual([expect.stringContaining('Recover unsaved changes')])
    await expect.poll(() => app.title()).toMatch(/^● /)
  })

  test('a crash loses nothing that was kept as a draft', async ({ folder }) => {
    const userData = path.join(folder, 'user-data')
    const file = path.join(folder, 'mine.cnilab.yaml')
    const text = await empty()
    await writeFile(file, text)
    const first = await Launcher.launch({ userData, file })
    await first.page.evaluate(async (draft) => {
      await window.lab.setDocumentEdited({ edited: true })
      await window.lab.keepDraft({ text: draft })
    }, `${text}# edited\n`)
    await first.kill()

    const second = await Launcher.launch({ userData }, (electron) => answerMessageBox(electron, 'Recover'))
    expect(await second.title()).toBe('● mine — CNI Lab')
    expect(await second.messageBoxes()).toEqual([expect.stringContaining('Recover unsaved changes to “mine”?')])
    expect(await readFile(file, 'utf8')).toBe(text)
    await second.end()
  })
})
