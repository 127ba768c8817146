import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator, Page } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

const onCanvas = (page: Page, id: string): Locator => page.locator(`.vue-flow [data-id="${id}"]`)

const inPalette = (page: Page, kind: string): Locator => page.locator(`[data-kind="${kind}"]`)

const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' })

/** Sets how long the lab runs, so that the spec does not wait for statistics. */
async function makeShort(page: Page): Promise<void> {
  await page.getByLabel('Duration').first().fill('4ms')
  await page.getByLabel('Duration').first().press('Enter')
  await inspector(page).getByLabel('Warm-up').fill('1ms')
  await inspector(page).getByLabel('Warm-up').press('Enter')
}

async function expectResults(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Results', exact: true }).or(page.getByRole('radio', { name: 'Results' })).first()).toBeVisible()
  await expect(page.locator('.announcer')).toHaveText(/Run finished/, { timeout: 60_000 })
}

test('two racks are drawn with the mouse alone and run', async ({ app: { page } }) => {
  test.setTimeout(120_000)
  await page.keyboard.press('Control+n')
  const pane = page.locator('.vue-flow__pane')
  const drop = async (kind: string, x: number, y: number): Promise<void> => {
    await inPalette(page, kind).dragTo(pane, { targetPosition: { x, y }, force: true })
    await expect(page.locator('.announcer')).toHaveText(/^Add/)
  }
  await drop('spine', 430, 70)
  await drop('rack', 240, 240)
  await drop('rack', 620, 240)
  await drop('tor', 240, 220)
  await drop('tor', 620, 220)
  await drop('node', 240, 310)
  await drop('node', 620, 310)
  await expect(onCanvas(page, 'uplink:node-1~tor-1')).toHaveCount(1)
  await expect(onCanvas(page, 'uplink:node-2~tor-2')).toHaveCount(1)
  for (const tor of ['tor-1', 'tor-2']) {
    await onCanvas(page, `switch:${tor}`).hover()
    const [from, to] = [await onCanvas(page, `switch:${tor}`).boundingBox(), await onCanvas(page, 'switch:spine-1').boundingBox()]
    await page.mouse.move(from!.x + from!.width / 2, from!.y)
    await page.mouse.down()
    await page.mouse.move(to!.x + to!.width / 2, to!.y + to!.height / 2, { steps: 8 })
    await page.mouse.up()
    await expect(onCanvas(page, `link:${tor}~spine-1`)).toHaveCount(1)
  }
  await inPalette(page, 'workload').dragTo(onCanvas(page, 'node:node-1'))
  await inPalette(page, 'workload').dragTo(onCanvas(page, 'node:node-2'))
  await expect(onCanvas(page, 'node:node-2').getByRole('button', { name: /^app-2-0/ })).toBeVisible()
  await page.getByRole('button', { name: 'Add variant' }).click()
  await page.getByRole('menuitem', { name: /Calico IPIP/ }).click()
  await page.getByRole('button', { name: 'Add traffic' }).click()
  await pane.click({ position: { x: 60, y: 420 } })
  await makeShort(page)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expectResults(page)
})

test('two racks are drawn with the keyboard alone and run', async ({ app: { page } }) => {
  test.setTimeout(120_000)
  await page.keyboard.press('Control+n')
  /** Does what the palette of commands has under a name. */
  const command = async (name: string): Promise<void> => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type(name)
    await expect(page.getByRole('option').first()).toContainText(name)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  const select = async (id: string): Promise<void> => {
    await onCanvas(page, id).focus()
    await page.keyboard.press('Enter')
  }
  await command('Add Spine switch')
  for (const rack of ['1', '2']) {
    await page.keyboard.press('Escape')
    await command('Add Rack')
    await command('Add ToR switch')
    await select(`rack:rack-${rack}`)
    await command('Add Node')
    await command('Add Workload')
    await select(`switch:tor-${rack}`)
    await page.keyboard.press('l')
    await page.getByRole('dialog').getByRole('searchbox').fill('spine')
    await page.keyboard.press('Enter')
    await expect(onCanvas(page, `link:tor-${rack}~spine-1`)).toHaveCount(1)
  }
  await expect(onCanvas(page, 'node:node-2').getByRole('button', { name: /^app-2-0/ })).toBeVisible()
  await page.getByRole('button', { name: 'Add variant' }).press('Enter')
  await page.getByRole('menuitem', { name: /Calico IPIP/ }).press('Enter')
  await page.getByRole('button', { name: 'Add traffic' }).press('Enter')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await makeShort(page)
  await page.keyboard.press('F5')
  await expectResults(page)
})

test('the picture shows what the canvas shows, and opens again as the lab', async ({ app, folder }) => {
  const { page } = app
  const svgFile = path.join(folder, 'picture.svg')
  await app.answerSaveDialog(svgFile)
  await expect(onCanvas(page, 'node:node-2')).toBeVisible()
  const shown = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.vue-flow__node')].map((card) => ({
    id: card.dataset['id'],
    size: [card.offsetWidth, card.offsetHeight],
    texts: [...card.querySelectorAll('.name, .detail, .pod .truncate')].map((text) => text.textContent.trim()),
  })).toSorted((a, b) => String(a.id).localeCompare(String(b.id))))
  const lines = await page.evaluate(() => [...document.querySelectorAll('.vue-flow__edge .line')].map((line) => line.getAttribute('d')).toSorted())

  await page.keyboard.press('Control+e')
  await page.getByRole('button', { name: 'Save…' }).click()
  await expect(page.getByText('Saved picture.svg')).toBeVisible()
  const svg = await readFile(svgFile, 'utf8')
  const drawn = await page.evaluate((text) => {
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml')
    const cards = [...picture.querySelectorAll('g[data-id][transform]')].map((card) => {
      const frame = card.querySelector('rect')
      return {
        id: card.getAttribute('data-id') ?? '',
        size: [Number(frame?.getAttribute('width')) + 1, Number(frame?.getAttribute('height')) + 1],
        texts: [...card.querySelectorAll('text')].map((each) => each.textContent),
      }
    })
    return {
      cards: cards.toSorted((a, b) => a.id.localeCompare(b.id)),
      lines: [...picture.querySelectorAll('path.line')].map((line) => line.getAttribute('d')).toSorted(),
    }
    // A page may not apply the style that brings the typeface.
  }, svg.replace(/<style>.*?<\/style>/su, ''))
  expect(drawn.cards).toEqual(shown)
  expect(drawn.lines).toEqual(lines)

  const pngFile = path.join(folder, 'picture.png')
  await app.answerSaveDialog(pngFile)
  await page.keyboard.press('Control+e')
  await page.getByRole('radio', { name: 'PNG' }).or(page.getByRole('button', { name: 'PNG' })).first().click()
  await page.getByRole('button', { name: 'Save…' }).click()
  await expect(page.getByText('Saved picture.png')).toBeVisible()
  for (const file of [svgFile, pngFile]) {
    await page.keyboard.press('Control+n')
    await app.answerMessageBox('Don’t Save')
    await expect(page.getByRole('heading', { name: 'Draw a cluster' })).toBeVisible()
    await app.answerOpenDialog(file)
    await page.keyboard.press('Control+o')
    await expect(onCanvas(page, 'node:node-2')).toBeVisible()
    await expect.poll(() => app.title()).toMatch(/picture.*— CNI Lab$/)
  }
})

test('text and drawing are one document, with the cursor and the selection in step', async ({ app: { page } }) => {
  await page.keyboard.press('Control+Shift+Y')
  const text = page.locator('.cm-content')
  // The panel may have come before the canvas: by keys it does not matter what lies over the card.
  await onCanvas(page, 'node:node-2').focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.cm-selected-thing').first()).toContainText('node-2')

  await text.locator('.cm-line', { hasText: 'racks: [' }).click()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type(', {name: c}')
  await expect(onCanvas(page, 'rack:c')).toHaveCount(1)
  await page.keyboard.type(' [')
  await expect(page.locator('.unreadable')).toBeVisible()
  await expect(onCanvas(page, 'rack:c')).toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(page.locator('.unreadable')).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(onCanvas(page, 'rack:c')).toHaveCount(0)
})

test('tidying up is one step, and a collapsed rack counts what it holds', async ({ app: { page } }) => {
  await expect(onCanvas(page, 'node:node-2')).toBeVisible()
  await page.keyboard.press('Shift+T')
  await expect(page.locator('.announcer')).toHaveText(/^Tidy up/, { timeout: 30_000 })
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible()
  await onCanvas(page, 'rack:b').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+C')
  await expect(onCanvas(page, 'rack:b')).toHaveAttribute('aria-label', 'Rack b, collapsed, 1 switch, 1 node')
  await expect(onCanvas(page, 'node:node-2')).toHaveCount(0)
})

test('the text, the outline and the dialogs are accessible, in both themes and with more contrast', async ({ app }) => {
  const { page } = app
  test.setTimeout(120_000)
  await inBothThemes(app, async (theme) => {
    await page.keyboard.press('Control+Shift+Y')
    await page.keyboard.press('Control+Shift+O')
    await expect(page.getByRole('tree')).toBeVisible()
    await keepScreenshot(app, `drawing-text-${theme}`)
    await expectAccessible(page)
    await page.keyboard.press('Control+Shift+Y')
    for (const [name, keys] of [['picture', 'Control+e'], ['generate', 'Control+Alt+n'], ['find', 'Control+k']] as const) {
      await page.keyboard.press(keys)
      await expect(page.getByRole('dialog')).toBeVisible()
      await keepScreenshot(app, `drawing-${name}-${theme}`)
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
    }
  })
  await page.emulateMedia({ forcedColors: 'active' })
  await keepScreenshot(app, 'drawing-forced-colours')
  await page.emulateMedia({ forcedColors: null, contrast: 'more' })
  await keepScreenshot(app, 'drawing-more-contrast')
  await expectAccessible(page)
})
