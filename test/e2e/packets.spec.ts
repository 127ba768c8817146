import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import type { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('test/e2e/fixture/short-run.cnilab.yaml') } })

const PCAPNG_MAGIC = 0x0a0d0d0a

async function resize(app: LabApp, width: number, height: number): Promise<void> {
  await app.electron.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height), { width, height })
  await app.page.waitForFunction((wanted) => window.innerWidth === wanted, width)
}

async function openPackets(app: LabApp): Promise<void> {
  await expect(app.page.locator('.vue-flow__node').first()).toBeVisible()
  await app.page.keyboard.press('Alt+3')
  await expect(app.page.getByText('Follow a packet', { exact: true })).toBeVisible()
}

/** Nothing in the view is wider than its place, and neither is the window. */
async function expectNoSidewaysScrolling(app: LabApp): Promise<void> {
  const overflowing = await app.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.packets, .packets *')]
      .filter((element) => element === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => element.className))
  expect(overflowing).toEqual([])
}

function current(app: LabApp): Locator {
  return app.page.locator('tr[aria-current="step"]')
}

test('a packet is followed hop by hop by keyboard alone', async ({ app }) => {
  await openPackets(app)
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `packets-empty-${theme}`)
    await expectAccessible(app.page)
  })
  await app.page.getByLabel('Beside it').focus()
  await app.page.keyboard.press('Home')
  await app.page.keyboard.press('Tab')
  await app.page.keyboard.press('Enter')
  await expect(current(app)).toContainText('tcp-transmit')
  await expect(app.page.getByRole('region', { name: 'Hops', exact: true })).toBeFocused()

  await app.page.keyboard.press('ArrowDown')
  await expect(current(app)).toContainText('ip-output')
  await app.page.keyboard.press('ArrowUp')
  await expect(current(app)).toContainText('tcp-transmit')
  await app.page.keyboard.press('End')
  await expect(current(app)).toContainText('tcp-ack-receive')
  await app.page.keyboard.press('Home')
  await app.page.keyboard.press('Space')
  await expect(app.page.getByRole('group', { name: 'Steps' }).getByRole('button', { name: 'Stop' })).toBeVisible()
  await expect(current(app)).not.toContainText('tcp-transmit')
  await app.page.keyboard.press('Space')
  await expect(app.page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()

  const headers = app.page.getByRole('tree', { name: 'Headers' })
  await headers.focus()
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('ArrowDown')
  await expect(headers.getByRole('treeitem', { selected: true })).toContainText('eth.dst')
  // The six bytes of the address, and nothing else.
  await expect(app.page.locator('.byte.lit')).toHaveCount(6)
})

test('two variants stand side by side at 1366 pixels, without a horizontal scrollbar', async ({ app, folder }) => {
  await resize(app, 1366, 768)
  await openPackets(app)
  await app.page.getByLabel('Variant', { exact: true }).selectOption('calico-ipip')
  await app.page.getByLabel('Beside it').selectOption('cilium-vxlan')
  await app.page.getByRole('button', { name: 'Trace' }).click()
  await expect(current(app)).toBeVisible()
  await app.page.getByRole('row', { name: /nic-transmit/ }).first().click()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `packets-two-${theme}`)
    await expectAccessible(app.page)
  })
  await expectNoSidewaysScrolling(app)

  const sum = app.page.getByRole('row', { name: /^Both ways/ }).getByRole('cell')
  const [left, right, difference] = (await sum.allTextContents()).map((text) => Number(text.replaceAll('\u202f', '').replace('−', '-')))
  expect(Math.abs(right! - left! - difference!)).toBeLessThanOrEqual(1)

  const file = path.join(folder, 'two.pcapng')
  await app.answerSaveDialog(file)
  await app.page.getByRole('button', { name: 'PCAPNG' }).click()
  await expect(app.page.getByText('Saved two.pcapng')).toBeVisible()
  expect((await readFile(file)).readUInt32BE(0)).toBe(PCAPNG_MAGIC)
})

test('one variant shows what changes from hop to hop, and the path on the canvas', async ({ app }) => {
  await resize(app, 1366, 768)
  await openPackets(app)
  await app.page.getByLabel('Variant', { exact: true }).selectOption('cilium-vxlan')
  await app.page.getByLabel('Beside it').selectOption('')
  await app.page.getByRole('button', { name: 'Trace' }).click()
  await app.page.getByRole('row', { name: /switch-route/ }).first().click()
  await expect(app.page.getByRole('treeitem', { name: /^ip\.ttl/ }).first()).toContainText('was')
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `packets-one-${theme}`)
    await expectAccessible(app.page)
  })
  await expectNoSidewaysScrolling(app)
  await app.page.getByRole('button', { name: 'On the canvas' }).click()
  await expect(app.page.getByRole('button', { name: 'Design' })).toHaveAttribute('data-state', 'on')
  await keepScreenshot(app, 'packets-canvas')
})

test('the packets of a run are captured, searched and followed by keyboard alone', async ({ app, folder }) => {
  await resize(app, 1366, 768)
  await openPackets(app)
  await app.page.getByRole('button', { name: 'Packets of a run' }).click()
  await app.page.getByLabel('Variant', { exact: true }).selectOption('calico-ipip')
  const names = app.page.getByRole('list', { name: 'Interfaces captured' })
  await expect(names).toContainText('node-1/eth0')
  await app.page.getByLabel('Interface', { exact: true }).fill('node-1/tunl0')
  await app.page.keyboard.press('Enter')
  await expect(names).toContainText('node-1/tunl0')
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `capture-empty-${theme}`)
    await expectAccessible(app.page)
  })
  await app.page.getByRole('button', { name: 'Run and capture' }).click()
  const frames = app.page.getByRole('listbox', { name: 'Frames' })
  await expect(frames).toBeVisible({ timeout: 60_000 })
  await frames.focus()
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('ArrowDown')
  await expect(frames.getByRole('option', { selected: true })).toContainText('3')
  await app.page.getByLabel('Search', { exact: true }).fill('port 8080 and tcp')
  await app.page.keyboard.press('Enter')
  await expect(app.page.getByText(/frames of calico-ipip, seed 1, by filter/u)).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `capture-frames-${theme}`)
    await expectAccessible(app.page)
  })
  await expectNoSidewaysScrolling(app)

  const file = path.join(folder, 'run.pcapng')
  await app.answerSaveDialog(file)
  await app.page.getByRole('button', { name: 'PCAPNG' }).click()
  await expect(app.page.getByText('Saved run.pcapng')).toBeVisible()
  expect((await readFile(file)).readUInt32BE(0)).toBe(PCAPNG_MAGIC)

  await frames.focus()
  await app.page.keyboard.press('End')
  await app.page.keyboard.press('Enter')
  await expect(current(app)).toBeVisible()
  await expect(app.page.getByRole('region', { name: 'About the hop' })).toContainText('Core')
  await keepScreenshot(app, 'capture-followed')
})

test('a packet of short life ends on its way, and the error about it comes back', async ({ app }) => {
  await resize(app, 1366, 768)
  await openPackets(app)
  await app.page.getByLabel('Variant', { exact: true }).selectOption('calico-ipip')
  await app.page.getByLabel('Beside it').selectOption('')
  await app.page.getByLabel('Protocol').selectOption('icmp')
  await app.page.getByRole('button', { name: 'More about the packet' }).click()
  await app.page.getByLabel('TTL').fill('1')
  await app.page.getByLabel('TTL').press('Enter')
  await expect(app.page.getByText('dropped: ttl expired')).toBeVisible()
  await app.page.keyboard.press('End')
  await expect(current(app)).toContainText('icmp-receive')
  await expect(app.page.getByRole('treeitem', { name: /^icmp\.type/ })).toContainText('11')
  await keepScreenshot(app, 'packets-expired')
  await expectAccessible(app.page)
  await expectNoSidewaysScrolling(app)
})

test('an end that the lab does not have is refused in words', async ({ app }) => {
  await openPackets(app)
  const from = app.page.getByLabel('From', { exact: true })
  await from.fill('default/nobody')
  await from.press('Enter')
  await expect(app.page.getByText('The lab has no pod default/nobody.')).toBeVisible()
  await keepScreenshot(app, 'packets-refused')
  await expectAccessible(app.page)
})

test.describe('a packet that a policy denies', () => {
  test.use({ launch: { file: path.resolve('resources/labs/network-policies.cnilab.yaml') } })

  test('ends where it is dropped, with the rule and the counter of a real node', async ({ app }) => {
    await resize(app, 1366, 768)
    await openPackets(app)
    await app.page.getByLabel('From', { exact: true }).fill('shop/frontend-0')
    await app.page.getByLabel('To', { exact: true }).fill('shop/database-0')
    await app.page.getByLabel('To', { exact: true }).press('Enter')
    await expect(app.page.getByText('calico: ✕ dropped')).toBeVisible()
    await app.page.keyboard.press('End')
    const hop = app.page.getByRole('region', { name: /^Hop, / })
    await expect(hop.getByText('a real node counts it in')).toBeVisible()
    await expect(hop.getByText('Decided by')).toBeVisible()
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `packets-dropped-${theme}`)
      await expectAccessible(app.page)
    })
    await expectNoSidewaysScrolling(app)
  })
})
