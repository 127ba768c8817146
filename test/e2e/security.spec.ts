import { labCallNames } from '../../src-shared/contract/channels'
import { expect, test } from './fixture/test'

test.describe('the page', () => {
  test('has no Node and sees the contract, nothing else of the app', async ({ app }) => {
    const globals = await app.page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
      lab: Object.keys(window.lab).toSorted(),
    }))
    expect(globals).toEqual({ node: [], lab: [...labCallNames, 'on', 'pathOfFile'].toSorted() })
  })

  test('is isolated and sandboxed', async ({ app }) => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      const { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity }
    })
    expect(preferences).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    })
  })

  test('is served under a policy without unsafe sources', async ({ app }) => {
    const policy = await app.page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'))
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).not.toContain('unsafe')
  })

  test('runs no inline script and no script from elsewhere', async ({ app }) => {
    app.trouble.expect(/Refused to execute inline script/, /Refused to load the script 'https:\/\/example.com\/x.js'/)
    await app.page.evaluate(() => {
      const inline = document.createElement('script')
      inline.textContent = 'window.inlineRan = true'
      const remote = document.createElement('script')
      remote.src = 'https://example.com/x.js'
      document.head.append(inline, remote)
    })
    expect(await app.page.evaluate(() => 'inlineRan' in window)).toBe(false)
  })

  test('reaches nothing on the network', async ({ app }) => {
    app.trouble.expect(/Refused to connect to 'http:\/\/127.0.0.1:9\/'/)
    const outcome = await app.page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        () => 'refused',
      ),
    )
    expect(outcome).toBe('refused')
  })

  test('gets only its own files from the protocol', async ({ app }) => {
    app.trouble.expect(/404/)
    const statuses = await app.page.evaluate(() =>
      Promise.all(
        ['/index.html', '/..%2f..%2fpackage.json', '/%2e%2e/main/main.js', '/none.js'].map(
          async (url) => (await fetch(url)).status,
        ),
      ),
    )
    expect(statuses).toEqual([200, 404, 404, 404])
  })

  test('cannot navigate away or open windows', async ({ app }) => {
    app.trouble.expect(/denied navigation to https:\/\/example.com\//, /denied window for https:\/\/example.com\//)
    const url = app.page.url()
    const opened = await app.page.evaluate(() => {
      const target = window.open('https://example.com/') !== null
      location.href = 'https://example.com/'
      return target
    })
    expect(opened).toBe(false)
    await expect.poll(() => app.trouble.missing()).toEqual([])
    expect(app.page.url()).toBe(url)
    expect(app.electron.windows()).toHaveLength(1)
  })

  test('is granted no permission', async ({ app }) => {
    app.trouble.expect(/denied permission/)
    const outcome = await app.page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', () => 'denied'))
    expect(outcome).toBe('denied')
    expect(await app.page.evaluate(() => Notification.requestPermission())).toBe('denied')
  })

  test('gets an error value from every call for payloads of any wrong shape, and the app goes on', async ({ app }) => {
    app.trouble.expect(/cni-lab: refused \w+: /)
    const accepted = await app.page.evaluate(async () => {
      const deep = JSON.parse('['.repeat(900) + ']'.repeat(900)) as unknown
      const wrong = [null, 5, 'text', [], deep, new Uint8Array(9), { __proto__: null, surprise: 1 }, { text: 7, runId: '../../etc', path: '' }]
      const calls = Object.entries(window.lab).filter(([name]) => name !== 'on' && name !== 'pathOfFile')
      const answers = await Promise.all(
        calls.flatMap(([name, call]) =>
          wrong.map(async (payload) => {
            const answer = await (call as (payload: unknown) => Promise<{ ok: boolean; error?: { code: string } }>)(payload)
            return answer.error?.code === 'ipc.payload' ? [] : [`${name} ${String(payload)} ${JSON.stringify(answer)}`]
          }),
        ),
      )
      return answers.flat()
    })
    expect(accepted).toEqual([])
    expect(await app.page.evaluate(() => window.lab.getAppInfo())).toMatchObject({ ok: true })
  })

  test('gets an error value, and main logs it, for a payload that is not in the contract', async ({ app }) => {
    app.trouble.expect(/cni-lab: refused changeSettings: theme:/)
    const answer = await app.page.evaluate(() => window.lab.changeSettings({ theme: 'pink' as 'dark' }))
    expect(answer).toMatchObject({ ok: false, error: { code: 'ipc.payload' } })
  })
})
