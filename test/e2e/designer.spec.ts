import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator, Page } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import type { LabApp } from './fixture/lab-app'
import { keepScreenshot, lookedAtThemes, useTheme } from './fixture/screenshots'
import { expect, test } from './fixture/test'

/** A card, rack or line on the canvas. */
const onCanvas = (page: Page, id: string): Locator => page.locator(`.vue-flow [data-id="${id}"]`)

const inPalette = (page: Page, name: string): Locator => page.getByRole('complementary', { name: 'Palette' }).getByRole('button', { name: new RegExp(`^${name}`) })

const announced = (page: Page): Locator => page.locator('.announcer')

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Of what is not in the page; it is at no place, not even its own. */
const NOWHERE: Box = { x: NaN, y: NaN, width: NaN, height: NaN }

/** Draws a line from the right port of one card to the middle of another. */
async function drawLink(page: Page, from: string, to: string): Promise<void> {
  await onCanvas(page, from).hover({ position: { x: 30, y: 20 } })
  const [start, end] = [await restingBox(onCanvas(page, from)), await restingBox(onCanvas(page, to))]
  await page.mouse.move(start.x + start.width, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 10 })
}

/** Where an element is once it has come to rest: the canvas moves when it has been opened, to show all that is on it. */
async function restingBox(element: Locator): Promise<Box> {
  let now = NOWHERE
  await expect.poll(async () => {
    const before = now
    now = (await element.boundingBox()) ?? NOWHERE
    return now.x === before.x && now.y === before.y && now.width === before.width
  }, { intervals: [100] }).toBe(true)
  return now
}

/** The text of the lab, by way of a save. */
async function savedText(app: LabApp, folder: string): Promise<string> {
  const file = path.join(folder, 'saved.cnilab.yaml')
  await expect(app.page.locator('.vue-flow__node').first()).toBeVisible()
  await app.answerSaveDialog(file)
  await app.page.keyboard.press('Control+Shift+S')
  await expect(announced(app.page)).toHaveText('Saved saved')
  await expect.poll(() => app.title()).toBe('saved — CNI Lab')
  return readFile(file, 'utf8')
}

test('a node dragged from the palette onto a rack stands in it, and a line makes it an uplink', async ({ app, folder }) => {
  const { page } = app
  await inPalette(page, 'Node').dragTo(onCanvas(page, 'rack:b'), { targetPosition: { x: 60, y: 230 }, force: true })
  await expect(onCanvas(page, 'node:node-3')).toHaveAttribute('aria-label', 'Node node-3, rack b, 0 pods, 1 link')

  await drawLink(page, 'node:node-3', 'switch:tor-a')
  await expect(onCanvas(page, 'switch:tor-a').locator('.card')).toHaveClass(/legal/)
  await expect(onCanvas(page, 'node:node-2').locator('.card')).toHaveClass(/illegal/)
  await page.mouse.up()
  await expect(onCanvas(page, 'uplink:node-3~tor-a')).toHaveCount(1)

  expect(await savedText(app, folder)).toMatch(/name: node-3, rack: b, .*uplinks: \[\{switch: tor-b\}, \{switch: tor-a\}\]/)
})

test('a line that can’t be is refused with the reason', async ({ app: { page } }) => {
  await drawLink(page, 'node:node-1', 'node:node-2')
  await expect(page.locator('.refusal')).toHaveText('Links lead to a switch.')
  await page.mouse.up()
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible()
})

test('pods are put on a node, and moved to another, by dragging', async ({ app: { page } }) => {
  await inPalette(page, 'Workload').dragTo(onCanvas(page, 'node:node-1'))
  const pods = onCanvas(page, 'node:node-1').getByRole('button', { name: /^app-1-0/ })
  await pods.dragTo(onCanvas(page, 'node:node-2'))
  await expect(onCanvas(page, 'node:node-2').getByRole('button', { name: /^app-1-0/ })).toBeVisible()
  await expect(pods).toHaveCount(0)
})

test('a policy dropped on a pod is about its workload, and hides nothing', async ({ app: { page } }) => {
  const pods = onCanvas(page, 'node:node-2').getByRole('button', { name: /^server-0/ })
  await inPalette(page, 'Network policy').dragTo(pods)
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByLabel('YAML')).toHaveValue(/podSelector:\s+matchLabels:\s+app: server/)
  // The view has gone to the policy.
  await page.getByRole('button', { name: 'Zoom to fit' }).click()
  await pods.click()
  await page.getByRole('textbox', { name: 'Labels' }).fill('app=server, tier=back')
  await page.getByRole('textbox', { name: 'Labels' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Undo: Change labels of server' })).toBeVisible()
})

test('imported manifests become objects, and a file that has none is named', async ({ app: { page } }) => {
  const file = (name: string, text: string) => ({ name, mimeType: 'text/yaml', buffer: Buffer.from(text) })
  await page.locator('input[type=file]').setInputFiles([
    file('shop.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'),
    file('kind.yaml', 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: [{role: worker}]\n'),
  ])
  await expect(page.getByText(/^No Kubernetes object in kind\.yaml\./)).toBeVisible()
  await expect(page.getByRole('button', { name: /^Undo: Import/ })).toBeVisible()
})

test('every edit is taken back and made again, to the same file', async ({ app, folder }) => {
  const { page } = app
  const before = await savedText(app, folder)
  await inPalette(page, 'Rack').dragTo(page.locator('.vue-flow__pane'), { targetPosition: { x: 80, y: 380 } })
  await onCanvas(page, 'node:node-1').click({ position: { x: 60, y: 20 } })
  for (const key of ['ArrowRight', 'Shift+ArrowDown', 'Control+d', 'Delete']) await page.keyboard.press(key)
  await expect(page.getByText('Deleted node-3', { exact: false })).toBeVisible()
  for (let edit = 0; edit < 4; edit += 1) await page.keyboard.press('Control+z')
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible()
  expect(await savedText(app, folder)).toBe(before)

  for (let edit = 0; edit < 4; edit += 1) await page.keyboard.press('Control+Shift+z')
  await expect(page.getByRole('button', { name: 'Nothing to redo' })).toBeVisible()
  await expect(onCanvas(page, 'rack:rack-1')).toHaveCount(1)
})

test('deleting a switch takes its links along, as one step that its message takes back', async ({ app: { page } }) => {
  await onCanvas(page, 'switch:tor-a').click()
  await page.keyboard.press('Delete')
  await expect(onCanvas(page, 'uplink:node-1~tor-a')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(onCanvas(page, 'uplink:node-1~tor-a')).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible()
})

test('Shift keeps a dragged card to one axis, and the view follows the window as long as it shows everything', async ({ app }) => {
  const { page, electron } = app
  const node = onCanvas(page, 'node:node-1')
  const from = await restingBox(node)
  await page.mouse.move(from.x + 20, from.y + 10)
  await page.mouse.down()
  await page.mouse.move(from.x + 40, from.y + 30, { steps: 4 })
  await page.keyboard.down('Shift')
  await page.mouse.move(from.x + 100, from.y + 60, { steps: 6 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  const to = await restingBox(node)
  expect(to.x).toBeGreaterThan(from.x + 40)
  expect(to.y).toBeCloseTo(from.y)

  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1000, 640))
  await expect(onCanvas(page, 'rack:b')).toBeInViewport({ ratio: 1 })
  const pane = page.locator('.canvas-area')
  await expect.poll(async () => {
    const [rack, area] = [await restingBox(onCanvas(page, 'rack:b')), await restingBox(pane)]
    return rack.y + rack.height < area.y + area.height && rack.x + rack.width < area.x + area.width
  }).toBe(true)
})

test('a frame selects what it touches, and a form edits all of it', async ({ app: { page } }) => {
  await onCanvas(page, 'node:node-1').click({ position: { x: 60, y: 20 } })
  await onCanvas(page, 'node:node-2').click({ position: { x: 60, y: 20 }, modifiers: ['Shift'] })
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector.getByText('2 nodes')).toBeVisible()
  await inspector.getByLabel('MTU').fill('9000')
  await inspector.getByLabel('MTU').press('Enter')
  await page.keyboard.press('Escape')
  await onCanvas(page, 'node:node-2').click({ position: { x: 60, y: 20 } })
  await expect(inspector.getByLabel('MTU')).toHaveValue('9000')
})

test('a problem is marked on the canvas, and its line in the list leads to it', async ({ app: { page } }) => {
  await onCanvas(page, 'node:node-1').click({ position: { x: 60, y: 20 } })
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByLabel('MTU').fill('10')
  await inspector.getByLabel('MTU').press('Enter')
  await expect(onCanvas(page, 'node:node-1')).toHaveAttribute('aria-label', /has errors$/)
  await expect(inspector.getByLabel('MTU')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toHaveAttribute('aria-disabled', 'true')

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'show problems' }).click()
  await page.getByRole('list', { name: 'Problems' }).getByRole('button').first().click()
  await expect(onCanvas(page, 'node:node-1')).toBeFocused()
  await expect(inspector.getByLabel('MTU')).toHaveValue('10')
})

test('a cluster is drawn with the keyboard alone', async ({ app: { page } }) => {
  await page.keyboard.press('Control+n')
  await expect(page.getByRole('heading', { name: 'Draw a cluster' })).toBeVisible()
  const search = page.getByRole('searchbox', { name: 'Search palette' })
  await search.focus()
  for (const thing of ['rack', 'top of rack', 'runs pods']) {
    await search.fill(thing)
    await page.keyboard.press('Enter')
    await expect(announced(page)).toHaveText(/^Add/)
    // What was placed has the focus; the next one goes into the rack, which is selected again by its own key.
    await onCanvas(page, 'rack:rack-1').focus()
    await page.keyboard.press('Enter')
    await search.focus()
  }
  await expect(onCanvas(page, 'node:node-1')).toHaveAttribute('aria-label', 'Node node-1, rack rack-1, 0 pods, 1 link')

  await search.fill('')
  await inPalette(page, 'Spine switch').press('Enter')
  await page.keyboard.press('l')
  await page.getByRole('dialog').getByRole('searchbox').fill('tor')
  await page.keyboard.press('Enter')
  await expect(onCanvas(page, 'link:spine-1~tor-1')).toHaveCount(1)

  await onCanvas(page, 'node:node-1').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('F2')
  await page.keyboard.type('worker')
  await page.keyboard.press('Enter')
  await expect(onCanvas(page, 'node:worker')).toHaveCount(1)
})

test('what is still being typed is saved with the lab', async ({ app, folder }) => {
  await onCanvas(app.page, 'node:node-1').click({ position: { x: 60, y: 20 } })
  const mtu = app.page.getByRole('complementary', { name: 'Inspector' }).getByLabel('MTU')
  await mtu.fill('4000')
  expect(await savedText(app, folder)).toContain('mtu: 4000')
  await expect(mtu).toBeFocused()
})

test('what was copied is pasted beside it, again and again', async ({ app: { page } }) => {
  await onCanvas(page, 'node:node-1').click({ position: { x: 60, y: 20 } })
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Control+v')
  await page.keyboard.press('Control+v')
  await expect(onCanvas(page, 'node:node-4')).toHaveAttribute('aria-label', 'Node node-4, rack a, 0 pods, 1 link')
})

test('variants and traffic are added, edited and deleted', async ({ app: { page } }) => {
  await page.getByRole('button', { name: 'Add variant' }).click()
  await page.getByRole('menuitem', { name: /Calico IPIP/ }).click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector.getByLabel('Name')).toHaveValue('calico-ipip-1')
  await inspector.getByLabel('Block size').fill('24')
  await inspector.getByLabel('Block size').press('Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Variant calico-ipip-1/ }).press('Delete')
  await expect(page.getByRole('button', { name: /^Variant calico-ipip-1/ })).toHaveCount(0)

  await page.getByRole('button', { name: 'Add traffic' }).click()
  await inspector.getByLabel('Kind').selectOption('udp-stream')
  await inspector.getByLabel('Rate').fill('2Gbit')
  await inspector.getByLabel('Rate').press('Enter')
  await expect(page.getByRole('row', { name: /UDP stream/ })).toContainText('rate 2Gbit')
})

// A test for each theme: looking at all states in both takes long on a busy machine.
for (const theme of lookedAtThemes) {
  test(`the designer is accessible in each of its states, in the ${theme} theme`, async ({ app }) => {
    const { page } = app
    await useTheme(app, theme)
    const states: Readonly<Record<string, () => Promise<void>>> = {
      node: () => onCanvas(page, 'node:node-1').click({ position: { x: 60, y: 20 } }),
      variant: () => page.getByRole('button', { name: /^Variant calico/ }).click(),
      traffic: () => page.getByRole('row', { name: /bulk/ }).click(),
      problems: () => page.getByRole('tab', { name: /Problems/ }).click(),
      shortcuts: () => page.keyboard.press('?'),
    }
    for (const [name, enter] of Object.entries(states)) {
      await enter()
      await keepScreenshot(app, `designer-${name}-${theme}`)
      await expectAccessible(page)
    }
  })
}

test('the canvas may be fitted while another view is shown', async ({ app }) => {
  const { page } = app
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await expect(onCanvas(page, 'node:node-1')).toBeVisible()
  await page.keyboard.press('Alt+2')
  await expect(onCanvas(page, 'node:node-1')).toBeHidden()
  await app.chooseMenu('View', 'Zoom to Fit')
  await page.keyboard.press('Alt+1')
  await expect(onCanvas(page, 'node:node-1')).toBeInViewport()
})
