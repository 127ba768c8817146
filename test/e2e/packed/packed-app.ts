import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'

import type { Browser, Page } from '@playwright/test'
import { chromium } from '@playwright/test'

import { Trouble } from '../fixture/trouble'

const startTimeoutMs = 60_000

/**
 * The app as it is released. Its fuses forbid the inspector that Playwright steers an Electron with, so it is started
 * as a user starts it and its page is reached over Chromium's debugging port; the main process is out of reach.
 */
export class PackedApp {
  readonly page: Page
  readonly trouble: Trouble
  readonly #browser: Browser
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, browser: Browser, page: Page, trouble: Trouble) {
    this.#child = child
    this.#browser = browser
    this.page = page
    this.trouble = trouble
  }

  /** Starts the unpacked app that `npm run package` made. */
  static async launch(userData: string): Promise<PackedApp> {
    const executable = process.env.CNI_LAB_PACKED
    if (!executable) throw new Error('CNI_LAB_PACKED names the packed app; npm test sets it')
    const asRoot = process.getuid?.() === 0
    const switches = ['--remote-debugging-port=0', '--disable-gpu', `--user-data-dir=${userData}`]
    // Its folder must not matter: the app brings everything along.
    const child = spawn(executable, [...switches, ...(asRoot ? ['--no-sandbox'] : [])], { cwd: path.dirname(userData) })
    const trouble = new Trouble()
    trouble.watchProcess(child)
    const browser = await chromium.connectOverCDP(await debuggerAddress(child))
    const page = await firstPage(browser)
    trouble.watchPage(page)
    return new PackedApp(child, browser, page, trouble)
  }

  /** Ends the app whatever is unsaved. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    await this.#browser.close()
    this.#child.kill()
    await ended
  }
}

/** Chromium says on stderr where it listens. */
function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the packed app did not start')), startTimeoutMs)
    child.once('exit', (code) => reject(new Error(`the packed app ended with ${code}`)))
    createInterface({ input: child.stderr! }).on('line', (line) => {
      const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
  })
}

async function firstPage(browser: Browser): Promise<Page> {
  const context = browser.contexts()[0]!
  const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: startTimeoutMs }))
  await page.waitForURL('app://cni-lab/index.html')
  await page.waitForLoadState('load')
  return page
}
