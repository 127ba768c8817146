import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { LabApp } from './fixture/lab-app'
import { expect, test } from './fixture/test'

test.describe('a start of the app', () => {
  test('opens one window on the example', async ({ app }) => {
    expect(await app.title()).toBe('calico-vs-cilium — CNI Lab')
    expect(app.electron.windows()).toHaveLength(1)
  })

  test('opens the file it is given, by name', async ({ folder }) => {
    const file = path.join(folder, 'mine.cnilab.yaml')
    await writeFile(file, await readFile('resources/templates/empty.cnilab.yaml'))
    const app = await LabApp.launch({ userData: path.join(folder, 'user-data'), file })
    expect(await app.title()).toBe('mine — CNI Lab')
    await app.end()
  })

  test('again, with a file, opens it in the window that is there', async ({ app, folder }) => {
    const file = path.join(folder, 'second.cnilab.yaml')
    await writeFile(file, await readFile('resources/templates/empty.cnilab.yaml'))
    const { command, args } = await app.electron.evaluate(() => ({ command: process.execPath, args: process.argv.slice(1) }))
    const again = spawn(command, [...args.filter((argument) => !/inspect|debugging/.test(argument)), file])
    const code = await new Promise((resolve) => again.once('exit', resolve))
    expect(code).toBe(0)
    await expect.poll(() => app.title()).toBe('second — CNI Lab')
    expect(app.electron.windows()).toHaveLength(1)
  })

  test('keeps theme and window size for the next start', async ({ folder }) => {
    const userData = path.join(folder, 'user-data')
    const first = await LabApp.launch({ userData })
    await first.page.evaluate(() => window.lab.changeSettings({ theme: 'dark' }))
    await first.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1100, 700))
    await first.closeWindow()
    await first.waitForExit()

    const second = await LabApp.launch({ userData })
    expect(await second.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true)
    const size = await second.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getSize())
    expect(size).toEqual([1100, 700])
    await second.end()
  })

  test('survives settings files that are damaged', async ({ folder }) => {
    const userData = path.join(folder, 'user-data')
    await mkdir(userData)
    for (const name of ['settings', 'recent', 'window', 'draft']) {
      await writeFile(path.join(userData, `${name}.json`), '{"theme":')
    }
    const app = await LabApp.launch({ userData })
    expect(await app.title()).toBe('calico-vs-cilium — CNI Lab')
    expect(app.trouble.unexpected()).toEqual([])
    await app.end()
  })

  test('offers a tour, which opens what it is about, whatever is in sight', async ({ app: { page } }) => {
    await page.keyboard.press('Control+b')
    await expect(page.getByRole('complementary', { name: 'Palette' })).toHaveCount(0)
    await page.keyboard.press('Alt+2')
    await page.getByRole('button', { name: 'New here? Take the tour' }).click()
    const tour = page.getByRole('region', { name: 'Tour' })
    await expect(tour).toContainText('1 of 7')
    await expect(page.getByRole('complementary', { name: 'Palette' })).toBeVisible()
    for (let step = 2; step <= 7; step += 1) {
      await tour.getByRole('button', { name: 'Next' }).click()
      await expect(tour).toContainText(`${step} of 7`)
      await expect(tour).toBeInViewport({ ratio: 1 })
    }
    await tour.getByRole('button', { name: 'Done' }).click()
    await expect(tour).toHaveCount(0)
  })
})
