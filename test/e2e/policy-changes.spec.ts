import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Locator } from '@playwright/test'

import { expectAccessible } from './fixture/accessibility'
import { LabApp } from './fixture/lab-app'
import { inBothThemes, keepScreenshot } from './fixture/screenshots'
import { expect, test as base } from './fixture/test'

/** The example with a staged policy, and with a rule that another one shadows. */
const MORE = `      - apiVersion: projectcalico.org/v3
        kind: StagedNetworkPolicy
        metadata: {name: cart-closed, namespace: shop}
        spec: {selector: app == 'database', types: [Ingress], ingress: [{action: Deny}], order: 10}
      - apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: zz-database-again, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: database}}
          policyTypes: [Ingress]
          # The same as above, in vain.
          ingress:
            - {from: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: 5432}]}
`

const test = base.extend<{ shop: LabApp }>({
  shop: async ({ folder }, use) => {
    const file = path.join(folder, 'shop.cnilab.yaml')
    const text = await readFile(path.resolve('resources/labs/network-policies.cnilab.yaml'), 'utf8')
    await writeFile(file, text.replace('  variants:\n', `${MORE}  variants:\n`))
    const app = await LabApp.launch({ file, userData: path.join(folder, 'user-data') })
    await use(app)
    await app.end()
  },
})

async function showPolicies(app: LabApp, tab: string): Promise<void> {
  await app.page.getByRole('button', { name: 'Policies', exact: true }).click()
  await app.page.getByRole('tab', { name: tab }).click()
}

function editor(app: LabApp): Locator {
  return app.page.getByTestId('policy-yaml').locator('.cm-content')
}

/** A card on the canvas. */
function card(app: LabApp, name: string): Locator {
  return app.page.getByRole('group', { name: new RegExp(`^${name},`) })
}

/** Puts another text into the editor. */
async function write(app: LabApp, change: (text: string) => string): Promise<void> {
  const content = editor(app)
  await content.click()
  const text = (await content.innerText()).replaceAll('\u00A0', ' ')
  await app.page.keyboard.press('Control+A')
  await app.page.keyboard.insertText(change(text))
}

test('enforcing staged policies is compared with what is: traffic and pairs, and what would decide', async ({ shop }) => {
  await showPolicies(shop, 'Staged')
  await expect(shop.page.getByRole('list', { name: 'Staged policies' })).toContainText('NetworkPolicy shop/cart-closed would be added')
  const traffic = shop.page.getByRole('table', { name: 'Traffic that staged policies would change' })
  await expect(traffic.getByRole('row', { name: /^query/ })).toContainText('denied')
  await traffic.getByRole('button', { name: 'query' }).click()
  await expect(shop.page.getByRole('region', { name: 'Why' })).toContainText('NetworkPolicy shop/cart-closed, spec.ingress[0]')
  await shop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
  await inBothThemes(shop, async (theme) => {
    await keepScreenshot(shop, `policies-staged-${theme}`)
    await expectAccessible(shop.page)
  })
})

test('a rule that never decides is a problem of the lab, and names what shadows it', async ({ shop }) => {
  await showPolicies(shop, 'Warnings')
  const warnings = shop.page.getByRole('list', { name: 'Warnings about policies' })
  await expect(warnings).toContainText('NetworkPolicy shop/zz-database-again, spec.ingress[0] never decides')
  await expect(warnings).toContainText('NetworkPolicy shop/database-from-cart, spec.ingress[0]')
  await keepScreenshot(shop, 'policies-warnings')
  await expectAccessible(shop.page)
  await warnings.getByRole('button').filter({ hasText: 'zz-database-again' }).first().click()
  await expect(shop.page.getByRole('region', { name: 'NetworkPolicy zz-database-again' })).toContainText('# The same as above, in vain.')
})

test('a policy is edited as YAML with completion, errors and its impact, and applied as one edit', async ({ shop }) => {
  await shop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768))
  await showPolicies(shop, 'Policies')
  await shop.page.getByRole('navigation', { name: 'Policies of the lab' }).getByRole('button', { name: /^database-from-cart/ }).click()
  const policy = shop.page.getByRole('region', { name: 'NetworkPolicy database-from-cart' })
  await write(shop, (text) => text.replace('app: cart', 'app: frontend'))
  await expect(policy.getByRole('table', { name: 'Pairs that this draft would change' })).toContainText('shop/frontend → shop/database')
  await inBothThemes(shop, async (theme) => {
    await keepScreenshot(shop, `policy-editor-${theme}`)
    await expectAccessible(shop.page)
  })

  await write(shop, (text) => text.replace('port: sql', 'port: 70000'))
  await expect(policy.getByRole('list', { name: 'Problems of this policy' })).toContainText('must be between 1 and 65535')
  await write(shop, (text) => text.replace('port: 70000', 'port: sql'))
  await expect(policy.getByRole('list', { name: 'Problems of this policy' })).toBeHidden()
  await policy.getByRole('button', { name: 'Apply' }).click()
  await shop.page.getByRole('tab', { name: 'Matrix' }).click()
  await expect(shop.page.getByRole('gridcell', { name: /^shop\/frontend to shop\/database:/ })).toHaveAccessibleName(/allowed$/)
  await shop.page.keyboard.press('Control+Z')
  await expect(shop.page.getByRole('gridcell', { name: /^shop\/frontend to shop\/database:/ })).toHaveAccessibleName(/denied$/)
})

test('fields of the kind are completed at the cursor', async ({ shop }) => {
  await showPolicies(shop, 'Policies')
  await shop.page.getByRole('navigation', { name: 'Policies of the lab' }).getByRole('button', { name: /^prometheus-egress/ }).click()
  await write(shop, () => 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: prometheus-egress}\nspec:\n  ')
  await shop.page.keyboard.press('Control+Space')
  const options = shop.page.locator('.cm-tooltip-autocomplete')
  await expect(options).toContainText('namespaceSelector')
  await expect(options).toContainText('doNotTrack')
  await shop.page.keyboard.press('Escape')
  await shop.page.keyboard.type('selector: all()\negress:\n- action: ')
  await shop.page.keyboard.press('Control+Space')
  await expect(options).toContainText('Pass')
})

test('a policy is put together from a cell of the matrix, and added', async ({ shop }) => {
  await showPolicies(shop, 'Matrix')
  await shop.page.getByRole('gridcell', { name: /^shop\/frontend to shop\/database:/ }).click()
  await shop.page.getByRole('button', { name: 'Write a policy about this' }).click()
  const builder = shop.page.getByRole('region', { name: 'New policy' })
  await builder.getByLabel('At ports').fill('5432')
  await builder.getByLabel('At ports').press('Enter')
  await expect(builder.getByLabel('The policy as YAML')).toContainText('name: allow-frontend-to-database')
  await expect(builder.getByRole('table', { name: 'Traffic that this policy would change' })).toContainText('intrude')
  await inBothThemes(shop, async (theme) => {
    await keepScreenshot(shop, `policy-builder-${theme}`)
    await expectAccessible(shop.page)
  })
  await builder.getByRole('button', { name: 'Add to the lab' }).click()
  await expect(shop.page.getByRole('region', { name: 'NetworkPolicy allow-frontend-to-database' })).toBeVisible()
  await shop.page.getByRole('tab', { name: 'Matrix' }).click()
  await expect(shop.page.getByRole('gridcell', { name: /^shop\/frontend to shop\/database:/ })).toHaveAccessibleName(/allowed$/)
})

test('a policy is put together by pressing its ends on the canvas', async ({ shop }) => {
  await expect(shop.page.locator('.vue-flow__node').first()).toBeVisible()
  await shop.page.getByRole('tab', { name: 'New policy' }).click()
  const builder = shop.page.getByRole('region', { name: 'New policy' })
  const from = builder.getByRole('group', { name: 'Connections from' })
  await from.getByRole('button', { name: 'Pick on the canvas' }).click()
  await shop.page.locator('[data-id="workload:shop/frontend"]').click()
  await expect(from.getByRole('list')).toContainText('shop/frontend')
  const to = builder.getByRole('group', { name: 'To', exact: true })
  await to.getByRole('button', { name: 'Pick on the canvas' }).click()
  await shop.page.locator('[data-id="workload:payments/ledger"]').click()
  await expect(builder.getByLabel('The policy as YAML')).toContainText('name: allow-frontend-to-ledger')
  await keepScreenshot(shop, 'policy-builder-canvas')
  await expectAccessible(shop.page, 'section[aria-label="New policy"]')
  await builder.getByRole('button', { name: 'Add to the lab' }).click()
  await expect(card(shop, 'NetworkPolicy allow-frontend-to-ledger')).toBeVisible()
  await shop.page.keyboard.press('Control+Z')
  await expect(card(shop, 'NetworkPolicy allow-frontend-to-ledger')).toBeHidden()
})

test('policies are drawn as what they allow, and told in words', async ({ shop }) => {
  await expect(shop.page.locator('.vue-flow__node').first()).toBeVisible()
  await shop.page.getByRole('button', { name: 'Layers and lines' }).click()
  await shop.page.getByRole('menuitem', { name: /^Allowed/ }).click()
  const legend = shop.page.getByRole('region', { name: 'What policies allow' })
  await expect(legend).toContainText('All policies in calico')
  await legend.getByText(/connections in words/).click()
  await expect(legend.getByRole('list')).toContainText('shop/cart → shop/database: allowed, TCP 5432')
  await expect(shop.page.locator('path.relation.allow').first()).toBeVisible()
  await card(shop, 'NetworkPolicy database-from-cart').click()
  await expect(legend).toContainText('NetworkPolicy database-from-cart in calico')
  await expect(shop.page.locator('path.relation.allow')).toHaveCount(1)
  await inBothThemes(shop, async (theme) => {
    await keepScreenshot(shop, `policy-arrows-${theme}`)
    await expectAccessible(shop.page, 'section[aria-label="What policies allow"]')
  })
})
