import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

const failureLab = (name: string): string => path.resolve(`resources/labs/failures/${name}.cnilab.yaml`)

function lane(app: LabApp, name: string): Locator {
  return app.page.getByRole('list', { name: 'Faults over the run' }).getByRole('listitem').filter({ has: app.page.getByRole('button', { name }) })
}

async function showFaults(app: LabApp): Promise<void> {
  await app.page.getByRole('tab', { name: /^Faults/ }).click()
}

test.describe('faults on the timeline', () => {
  test.use({ launch: { file: failureLab('link-flap') } })

  test('are moved and lengthened by pointer and keys, each a step that is taken back', async ({ app, folder }) => {
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await showFaults(app)
    const row = lane(app, 'Link flaps: tor-a – spine-1')
    const bar = row.getByRole('button', { name: /^Link flaps: .*,/ })
    await expect(bar).toHaveAccessibleName(/ to /)
    const before = await bar.getAttribute('aria-label')

    await bar.focus()
    await bar.press('ArrowRight')
    await bar.press('ArrowRight')
    await expect(bar).not.toHaveAccessibleName(before!)
    await app.page.keyboard.press('Control+z')
    await expect(bar).toHaveAccessibleName(before!)

    const box = (await bar.boundingBox())!
    await app.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await app.page.mouse.down()
    await app.page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 4 })
    await app.page.mouse.up()
    await expect(bar).not.toHaveAccessibleName(before!)
    const moved = await bar.getAttribute('aria-label')

    const end = row.getByRole('slider', { name: /^End of/ })
    await end.focus()
    await end.press('Shift+ArrowLeft')
    await expect(bar).not.toHaveAccessibleName(moved!)
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `faults-${theme}`)
      await expectAccessible(app.page)
    })
    await app.page.keyboard.press('Control+z')
    await app.page.keyboard.press('Control+z')
    await expect(bar).toHaveAccessibleName(before!)

    const file = path.join(folder, 'same.cnilab.yaml')
    await app.answerSaveDialog(file)
    await app.page.keyboard.press('Control+Shift+s')
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe(await readFile(failureLab('link-flap'), 'utf8'))
  })
})

test('a fault is added for what is selected, picked on the canvas, edited and deleted', async ({ app }) => {
  const { page } = app
  await showFaults(app)
  await expect(page.getByText('Nothing breaks')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add a fault' }).click()
  await page.getByRole('menuitem', { name: /^Link down/ }).click()
  const form = page.getByRole('complementary', { name: 'Inspector' })
  await expect(form.getByLabel('Kind')).toHaveValue('link-down')

  await form.getByRole('button', { name: 'Pick on the canvas' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Press the link that fails' })).toBeVisible()
  await page.locator('.vue-flow__edge[aria-label^="Uplink node-2 to"] .target').click({ force: true })
  await expect(form.getByLabel('Link', { exact: true })).toHaveValue(/node-2/)
  await expect(page.locator('.vue-flow__edge[aria-label*="Link down at"]')).toHaveCount(1)

  await form.getByLabel('Kind').selectOption('node-crash')
  await expect(form.getByLabel('Node', { exact: true })).toBeVisible()
  await expect(page.locator('.vue-flow__node[aria-label*="Node crashes at"]')).toHaveCount(1)
  await form.getByLabel('Begins').fill('9h')
  await form.getByLabel('Begins').press('Enter')
  await expect(form.getByText(/not a/)).toBeVisible()
  await form.getByLabel('Begins').fill('100s')
  await form.getByLabel('Begins').press('Enter')
  await expect(lane(app, 'Node crashes')).toContainText('ends before it starts')
  await keepScreenshot(app, 'faults-problem')

  await lane(app, 'Node crashes').getByRole('button', { name: /^Delete/ }).click()
  await expect(page.getByText('Nothing breaks')).toBeVisible()

  await page.locator('.vue-flow__node[aria-label^="Node node-2"]').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('b')
  await expect(lane(app, 'Node crashes: node-2')).toBeVisible()
})

test('failure labs are searched, read and opened, with their page beside them', async ({ app }) => {
  const { page } = app
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
  await expect(page.locator('.vue-flow__node').first()).toBeVisible()
  await page.keyboard.press('Control+Alt+l')
  const dialog = page.getByRole('dialog', { name: 'Failure labs' })
  await expect(dialog.getByRole('list', { name: 'Failure labs' }).getByRole('listitem')).not.toHaveCount(0)
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `failure-labs-${theme}`)
    await expectAccessible(page)
  })
  await dialog.getByLabel('Search failure labs').fill('no such words')
  await expect(dialog.getByText('Nothing found')).toBeVisible()
  await dialog.getByLabel('Search failure labs').fill('hold time')
  await dialog.getByRole('button', { name: /^A node dies without a word/ }).click()
  await expect(dialog.getByRole('region', { name: 'Page' })).toContainText('BIRD, as Calico configures it')
  await dialog.getByRole('button', { name: 'Open lab' }).click()
  await expect.poll(() => app.title()).toMatch(/hold-timer/)
  const guide = page.getByRole('complementary', { name: 'About the lab' })
  await expect(guide.getByRole('heading', { name: 'A node dies without a word' })).toBeVisible()
  await expect(page.locator('.vue-flow__node[aria-label*="Node crashes at 10s"]')).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `failure-page-${theme}`)
    await expectAccessible(page)
  })
  await guide.getByRole('button', { name: 'Close the page' }).click()
  await expect(guide).toHaveCount(0)
})

const BROKEN_LINK = `apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: broken-link}
spec:
  fabric: {switches: [{name: tor}]}
  nodes: [{name: node-1, uplinks: [{switch: tor}]}, {name: node-2, uplinks: [{switch: tor}]}]
  cluster:
    workloads:
      - {name: client, nodes: [node-1]}
      - {name: server, nodes: [node-2], ports: [{port: 9000}]}
  variants: [{name: host, cni: none}, {name: calico, cni: calico}]
  traffic:
    - {name: stream, kind: udp-stream, from: {pod: default/client-0}, to: {pod: default/server-0, port: 9000}, rate: 10Mbit, payload: 1000B}
  faults:
    - {at: 400ms, until: 600ms, kind: link-down, link: [node-1, tor]}
  run: {duration: 1s, warmup: 100ms, seeds: 2}
`

test('a run marks its faults in charts and files, and tells what each cost', async ({ folder }) => {
  const file = path.join(folder, 'broken-link.cnilab.yaml')
  await writeFile(file, BROKEN_LINK)
  const app = await LabApp.launch({ file, userData: path.join(folder, 'user-data') })
  try {
    const { page } = app
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await expect(page.locator('.vue-flow__node').first()).toBeVisible()
    await page.keyboard.press('F5')
    const card = page.getByRole('region', { name: /^Link down: node-1 – tor/ }).first()
    await expect(card).toBeVisible({ timeout: 60_000 })
    const row = card.getByRole('row', { name: /^Back after stream/ })
    await expect(row).toContainText(/\d\s?m?s/)
    await expect(card.getByRole('row', { name: /^Packets lost link-down \d/ })).toBeVisible()
    await expect(card.getByRole('row', { name: /^Packets lost link-down, of stream/ })).toBeVisible()
    await inBothThemes(app, async (theme) => {
      await page.getByRole('region', { name: /^Throughput over time/ }).first().scrollIntoViewIfNeeded()
      await keepScreenshot(app, `fault-marks-${theme}`)
      await card.scrollIntoViewIfNeeded()
      await keepScreenshot(app, `fault-costs-${theme}`)
      await expectAccessible(page)
    })
  } finally {
    await app.end()
  }
})

test.describe('the control plane over time', () => {
  test.use({ launch: { file: failureLab('bird-shutdown') } })

  test('is scrubbed through node by node, with what changed, and saved as CSV', async ({ app, folder }) => {
    const { page } = app
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await expect(page.locator('.vue-flow__node').first()).toBeVisible()
    await page.keyboard.press('Alt+5')
    const routes = page.getByRole('region', { name: 'Routes of node-1', exact: true }).first()
    await expect(routes.getByRole('row')).not.toHaveCount(0)
    await expect(page.getByRole('tabpanel').getByText('As it is when the run begins.')).toBeVisible()

    await page.getByRole('button', { name: 'To the next change' }).click()
    await expect(page.getByRole('tabpanel').getByText(/rows? differs? from just before the last change/)).toBeVisible()
    await page.getByLabel('Time of the run').focus()
    await page.keyboard.press('PageUp')
    await page.getByRole('checkbox', { name: 'Only changes' }).check()
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `control-plane-${theme}`)
      await expectAccessible(page)
    })
    await page.getByRole('checkbox', { name: 'Only changes' }).uncheck()

    const file = path.join(folder, 'routes.csv')
    await app.answerSaveDialog(file)
    await routes.getByRole('button', { name: 'Export CSV' }).click()
    await expect(page.getByText('Saved routes.csv')).toBeVisible()
    expect(await readFile(file, 'utf8')).toMatch(/^change,prefix,next_hops,before,written_by,since_s\r\n/)

    await page.getByLabel('Node', { exact: true }).selectOption('node-2')
    await expect(page.getByRole('region', { name: 'BGP sessions of node-2', exact: true }).first()).toBeVisible()
  })

  test('says who knew what when, who has which addresses, and what agents take', async ({ app }) => {
    const { page } = app
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await page.getByRole('button', { name: 'Control plane', exact: true }).click()
    await page.getByRole('tab', { name: 'Convergence' }).click()
    await expect(page.getByRole('region', { name: 'Who knew what when' })).toBeVisible()
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `convergence-${theme}`)
      await expectAccessible(page)
    })
    await page.getByRole('tab', { name: 'Addresses' }).click()
    await expect(page.getByRole('region', { name: 'Blocks and ranges', exact: true }).first()).toContainText('10.244.')
    await keepScreenshot(app, 'addresses')
    await expectAccessible(page)
    await page.getByRole('tab', { name: 'Agents' }).click()
    await expect(page.getByRole('region', { name: 'Agents', exact: true }).first()).toContainText('bird')
    await keepScreenshot(app, 'agents')
    await expectAccessible(page)
  })

  test('grows with the cluster, size by size', async ({ app }) => {
    const { page } = app
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
    await page.getByRole('button', { name: 'Control plane', exact: true }).click()
    await page.getByRole('tab', { name: 'Cluster size' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Simulate sizes' }).click()
    const sizes = page.getByRole('region', { name: 'All sizes', exact: true }).first()
    await expect(sizes).toContainText('A full mesh of 5,000 nodes has 5,000·4,999/2 = 12,497,500 sessions', { timeout: 60_000 })
    await expect(page.getByRole('progressbar', { name: 'Clusters simulated' })).toHaveCount(0)
    await page.getByLabel('Measure').selectOption('routes')
    await expect(page.getByRole('region', { name: 'Routes per node against cluster size' })).toBeVisible()
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `cluster-size-${theme}`)
      await expectAccessible(page)
    })
  })
})

test('a lab that can’t be simulated says why', async ({ folder }) => {
  const file = path.join(folder, 'overlap.cnilab.yaml')
  await writeFile(file, BROKEN_LINK.replace('  cluster:\n', '  cluster:\n    serviceCIDR: 10.244.0.0/16\n'))
  const app = await LabApp.launch({ file, userData: path.join(folder, 'user-data') })
  try {
    await app.page.getByRole('button', { name: 'Control plane', exact: true }).click()
    await expect(app.page.getByText('The control plane can’t be simulated')).toBeVisible()
    await expectAccessible(app.page)
  } finally {
    await app.end()
  }
})
