import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import type { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('test/e2e/fixture/short-run.cnilab.yaml') } })

/** Runs the open lab and waits for its results. */
async function run(app: LabApp): Promise<void> {
  await app.page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(app.page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 })
}

/** The card of a chart or table. */
function card(app: LabApp, title: string): Locator {
  return app.page.getByRole('region', { name: title, exact: true })
}

/** Exports a chart and comes to the file's content. */
async function exported(app: LabApp, folder: string, title: string, kind: 'PNG' | 'SVG' | 'CSV'): Promise<Buffer> {
  const file = path.join(folder, `chart.${kind.toLowerCase()}`)
  await app.answerSaveDialog(file)
  await card(app, title).getByRole('button', { name: 'Export' }).click()
  await app.page.getByRole('menuitem', { name: new RegExp(`^${kind}`) }).click()
  await expect(app.page.getByText(`Saved chart.${kind.toLowerCase()}`)).toBeVisible()
  return readFile(file)
}

test('before the first run the results say what to do', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Results' }).click()
  await expect(app.page.getByText('No results yet')).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `results-empty-${theme}`)
    await expectAccessible(app.page)
  })
})

test.describe('the results of a run', () => {
  test.beforeEach(({ app }) => run(app))

  test('compare every variant with the baseline, and are accessible', async ({ app }) => {
    const summary = app.page.getByRole('table', { name: /^Headline figures/ })
    await expect(summary.getByRole('row')).toHaveCount(4)
    await expect(summary.getByRole('row', { name: /^host/ })).toContainText(/\d\d\.\d\u202fGbit\/s/)
    await expect(summary.getByRole('row', { name: /^calico-ipip/ })).toContainText(/[+−]\d+\.\d\u202f%/)
    for (const title of ['Throughput over time: bulk', 'Latency percentiles: bulk', 'Latency distribution: bulk', 'CPU by stage', 'Difference to host']) {
      await expect(card(app, title).getByRole('img')).toBeVisible()
    }
    await inBothThemes(app, async (theme) => {
      await keepScreenshot(app, `results-${theme}`)
      await expectAccessible(app.page)
    })
  })

  test('can be read as tables, searched and sorted', async ({ app }) => {
    const throughput = card(app, 'Throughput over time: bulk')
    await throughput.getByRole('button', { name: 'View as table' }).click()
    await expect(throughput.getByRole('columnheader')).toHaveText(['Variant', 'Time', 'Throughput, mean', 'Least of the seeds', 'Greatest of the seeds'])
    await throughput.getByRole('button', { name: 'Throughput, mean' }).click()
    await expect(throughput.getByRole('columnheader', { name: 'Throughput, mean' })).toHaveAttribute('aria-sort', 'descending')
    const rates = (await throughput.locator('tbody tr td:nth-child(3)').allTextContents()).map(Number.parseFloat)
    expect(rates.slice(0, 20)).toEqual(rates.slice(0, 20).toSorted((a, b) => b - a))

    const figures = card(app, 'All figures')
    await figures.getByRole('searchbox').fill('calico p99 ping')
    await expect(figures.getByRole('row')).toHaveCount(3)
    await expect(figures.getByRole('row').nth(1)).toContainText('Latency p99')
    await expectAccessible(app.page)
  })

  test('have one legend and one baseline for all charts', async ({ app }) => {
    await app.page.getByRole('button', { name: 'calico-ipip', exact: true }).click()
    await expect(app.page.getByRole('button', { name: 'calico-ipip', exact: true })).toHaveAttribute('aria-pressed', 'false')
    await app.page.getByRole('button', { name: 'cilium-vxlan', exact: true }).click({ modifiers: ['Shift'] })
    await expect(app.page.getByRole('button', { name: /^host/ })).toHaveAttribute('aria-pressed', 'false')

    await app.page.getByLabel('Baseline', { exact: true }).selectOption('cilium-vxlan')
    await expect(card(app, 'Difference to cilium-vxlan')).toBeVisible()
    await app.page.getByLabel('Traffic', { exact: true }).selectOption('ping')
    await expect(card(app, 'Latency percentiles: ping')).toBeVisible()
  })

  test('tell what is at the pointer, in all charts over time at once', async ({ app }) => {
    const picture = card(app, 'Throughput over time: bulk').getByRole('img')
    const titles = app.page.locator('.chart-tooltip .title').filter({ visible: true })
    // Charts are drawn as they come into sight, and move those below them: the pointer follows.
    await expect(async () => {
      await picture.hover()
      const told = await titles.allTextContents()
      expect(told.length).toBeGreaterThan(1)
      expect(told[0]).toMatch(/^At 0\.0[23]/)
      expect(new Set(told).size).toBe(1)
    }).toPass({ timeout: 15_000 })
    await expectAccessible(app.page)
  })

  test('open CPU groups into their stages', async ({ app }) => {
    await card(app, 'CPU by stage').getByRole('button', { name: 'Netfilter' }).click()
    await expect(card(app, 'CPU by stage: netfilter').getByRole('img')).toBeVisible()
  })

  test('are exported as sharp PNG, SVG with its texts, and CSV with units', async ({ app, folder }) => {
    const png = await exported(app, folder, 'Difference to host', 'PNG')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.readUInt32BE(16)).toBe(1600)

    const svg = (await exported(app, folder, 'Difference to host', 'SVG')).toString('utf8')
    const drawn = await app.page.evaluate(async (text) => {
      const image = new Image()
      image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
      // Rejects where the drawing is not well formed.
      await image.decode()
      return image.naturalWidth
    }, svg)
    expect(drawn).toBe(800)
    expect(svg).toContain('>Difference to host<')
    expect(svg).toContain('cilium-vxlan')

    const csv = (await exported(app, folder, 'Throughput over time: bulk', 'CSV')).toString('utf8').split('\r\n')
    expect(csv[0]).toBe('variant,time_s,throughput_bps_mean,throughput_bps_min,throughput_bps_max')
    const [variant, time, mean] = csv[1]!.split(',')
    expect([variant, Number(time) > 0, Number(mean) > 1e9]).toEqual(['host', true, true])
  })
})

test('a stopped run keeps what it measured and says that it is partial', async ({ app }) => {
  const duration = app.page.getByRole('banner').getByLabel('Duration')
  await duration.fill('20s')
  await duration.press('Enter')
  await app.page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(card(app, 'Throughput over time: bulk').getByRole('img')).toBeVisible()
  await expect(app.page.getByText(/events a second/)).toBeVisible()
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `results-running-${theme}`)
    await expectAccessible(app.page)
  })
  await app.page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(app.page.getByText('The run was stopped.')).toBeVisible()
  await expect(app.page.getByRole('table', { name: /^Headline figures/ })).toBeVisible()
})
