import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test } from './fixture/test'

test.use({ launch: { file: path.resolve('resources/labs/network-policies.cnilab.yaml') } })

/** The grid's cell between two units, whatever it says. */
function cell(app: LabApp, from: string, to: string): Locator {
  return app.page.getByRole('gridcell', { name: new RegExp(`^${from} to ${to}:`) })
}

function why(app: LabApp): Locator {
  return app.page.getByRole('region', { name: 'Why' })
}

async function showPolicies(app: LabApp): Promise<void> {
  await app.page.getByRole('button', { name: 'Policies', exact: true }).click()
  await expect(app.page.getByRole('grid')).toBeVisible()
}

test('the matrix says who may connect to whom, the lab’s traffic first', async ({ app }) => {
  await showPolicies(app)
  await expect(cell(app, 'shop/cart', 'shop/database')).toHaveAccessibleName('shop/cart to shop/database: allowed')
  await expect(cell(app, 'shop/frontend', 'shop/database')).toHaveAccessibleName('shop/frontend to shop/database: denied')
  const traffic = app.page.getByRole('table', { name: 'Verdicts about the lab’s traffic' })
  await expect(traffic.getByRole('row', { name: /^intrude/ })).toContainText('denied')
  await expect(app.page.getByRole('region', { name: 'Objects that change nothing' })).toContainText('CiliumNetworkPolicy shop/frontend-from-shop')

  await cell(app, 'shop/frontend', 'shop/database').click()
  await expect(why(app)).toContainText('end of tier default: Deny')
  await expect(why(app)).toContainText('Ingress at shop/database-0')
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `policies-${theme}`)
    await expectAccessible(app.page)
  })

  await traffic.getByRole('button', { name: 'pay' }).click()
  await expect(why(app)).toContainText('NetworkPolicy payments/checkout-from-shop')
})

test('a side is looked at alone, ports are asked, and rows and columns are searched', async ({ app }) => {
  await showPolicies(app)
  await app.page.getByRole('button', { name: 'Egress', exact: true }).click()
  await expect(cell(app, 'shop/frontend', 'shop/database')).toHaveAccessibleName(/allowed$/)
  await expect(cell(app, 'monitoring/prometheus', 'payments/ledger')).toHaveAccessibleName(/denied$/)

  await app.page.getByRole('button', { name: 'Ingress', exact: true }).click()
  await expect(cell(app, 'shop/cart', 'shop/database')).toHaveAccessibleName(/allowed$/)
  await app.page.getByLabel('Port', { exact: true }).fill('80')
  await app.page.getByLabel('Port', { exact: true }).press('Enter')
  await expect(cell(app, 'shop/cart', 'shop/database')).toHaveAccessibleName(/denied$/)

  await app.page.getByLabel('Filter rows').fill('cart')
  await app.page.getByLabel('Filter columns').fill('payments')
  await expect(app.page.getByRole('gridcell')).toHaveCount(2)
  await app.page.getByLabel('Filter rows').fill('nobody')
  await expect(app.page.getByText('No name matches the filters.')).toBeVisible()
})

test('a second variant picks out what it decides otherwise', async ({ app }) => {
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
  await showPolicies(app)
  await app.page.getByLabel('Compare with').selectOption('cilium')
  await expect(cell(app, 'payments/checkout', 'payments/ledger')).toHaveAccessibleName(
    'payments/checkout to payments/ledger: differs, calico allowed, cilium denied',
  )
  await cell(app, 'payments/checkout', 'payments/ledger').click()
  await expect(why(app).getByRole('heading', { name: 'cilium' })).toBeVisible()
  await expect(why(app)).toContainText('NetworkPolicy payments/ledger-from-pod-network')
  await inBothThemes(app, async (theme) => {
    await keepScreenshot(app, `policies-compared-${theme}`)
    await expectAccessible(app.page)
  })

  const cells = await app.page.getByRole('gridcell').count()
  await app.page.getByRole('checkbox', { name: /^Only differences/ }).check()
  await expect.poll(() => app.page.getByRole('gridcell').count()).toBeLessThan(cells)
})

test('the grid is walked and explained by keys, with one stop for Tab', async ({ app }) => {
  await expect(app.page.locator('.vue-flow__node').first()).toBeVisible()
  await app.page.keyboard.press('Alt+4')
  await expect(app.page.getByRole('grid')).toBeVisible()
  await app.page.getByLabel('Filter columns').focus()
  const focused = app.page.locator('[role="gridcell"]:focus')
  await expect.poll(async () => {
    await app.page.keyboard.press('Tab')
    return focused.count()
  }).toBe(1)
  await expect(focused).toHaveAccessibleName(/^shop\/frontend to shop\/frontend/)
  await app.page.keyboard.press('ArrowDown')
  await expect(focused).toHaveAccessibleName(/^shop\/cart to shop\/frontend/)
  await app.page.keyboard.press('ArrowRight')
  await expect(focused).toHaveAccessibleName(/^shop\/cart to shop\/cart/)
  await app.page.keyboard.press('ArrowRight')
  await expect(focused).toHaveAccessibleName(/^shop\/cart to shop\/database/)
  await app.page.keyboard.press('Enter')
  await expect(focused).toHaveAttribute('aria-selected', 'true')
  await expect(why(app)).toContainText('NetworkPolicy shop/database-from-cart, spec.ingress[0]')
  await app.page.keyboard.press('Control+End')
  await expect(focused).toHaveAccessibleName(/^monitoring\/prometheus to monitoring\/prometheus/)
  await expect(app.page.locator('[role="gridcell"][tabindex="0"]')).toHaveCount(1)
})

test('the cells in sight are saved as CSV', async ({ app, folder }) => {
  await showPolicies(app)
  const file = path.join(folder, 'reach.csv')
  await app.answerSaveDialog(file)
  await app.page.getByLabel('Filter rows').fill('shop/cart')
  await app.page.getByLabel('Filter columns').fill('shop/database')
  await app.page.getByRole('button', { name: 'Save as CSV' }).click()
  await expect(app.page.getByText('Saved reach.csv')).toBeVisible()
  expect(await readFile(file, 'utf8')).toBe('variant,from,to,verdict,egress,ingress\r\ncalico,shop/cart,shop/database,allow,allow,allow\r\n')
})

test.describe('a lab without policies', () => {
  test.use({ launch: { file: path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml') } })

  test('says that all may connect', async ({ app }) => {
    await showPolicies(app)
    await expect(app.page.getByText('This lab has no policies')).toBeVisible()
    await expectAccessible(app.page)
  })
})

test('what cannot be read says why', async ({ folder }) => {
  const file = path.join(folder, 'overlap.cnilab.yaml')
  await writeFile(file, largeLab(3).replace('  cluster:\n', '  cluster:\n    serviceCIDR: 10.244.0.0/16\n'))
  const app = await LabApp.launch({ file, userData: path.join(folder, 'user-data') })
  try {
    await app.page.getByRole('button', { name: 'Policies', exact: true }).click()
    await expect(app.page.getByText('The policies can’t be read')).toBeVisible()
    await expectAccessible(app.page)
  } finally {
    await app.end()
  }
})

test('a large lab starts with namespaces; workloads scroll, with only those in sight in the page', async ({ folder }) => {
  const file = path.join(folder, 'large.cnilab.yaml')
  await writeFile(file, largeLab(120))
  const app = await LabApp.launch({ file, userData: path.join(folder, 'user-data') })
  try {
    await showPolicies(app)
    await expect(app.page.getByRole('rowheader')).toHaveCount(3)
    await app.page.getByRole('button', { name: 'Workloads', exact: true }).click()
    await expect(app.page.getByRole('grid')).toHaveAttribute('aria-rowcount', '121')
    expect(await app.page.getByRole('gridcell').count()).toBeLessThan(2500)
    await app.page.getByRole('gridcell').first().focus()
    await app.page.keyboard.press('Control+End')
    await expect(app.page.locator('[role="gridcell"]:focus')).toHaveAccessibleName(/^ns-2\/w-119 to ns-2\/w-119/)
    await keepScreenshot(app, 'policies-large')
  } finally {
    await app.end()
  }
})

/** A lab of many workloads in three namespaces, the first of which is closed. */
function largeLab(count: number): string {
  const workloads = Array.from({ length: count }, (_, number) => `      - {name: w-${number}, namespace: ns-${Math.floor((number * 3) / count)}, labels: {app: w-${number}}}`)
  return `apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: large}
spec:
  fabric: {switches: [{name: tor, role: tor}]}
  nodes: [{name: node-1, uplinks: [{switch: tor}]}, {name: node-2, uplinks: [{switch: tor}]}]
  cluster:
    namespaces: [{name: ns-0}, {name: ns-1}, {name: ns-2}]
    workloads:
${workloads.join('\n')}
    manifests:
      - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: ns-0}, spec: {podSelector: {}, policyTypes: [Ingress]}}
  variants: [{name: calico, cni: calico}]
`
}
