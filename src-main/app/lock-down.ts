import type { App, IpcMainInvokeEvent, Session, WebContents } from 'electron'

import { pageOrigin, pageUrl } from './page-file'

/** Writing pictures and text to the clipboard, which a page may do only while a key or button is pressed. */
const CLIPBOARD_WRITE = 'clipboard-sanitized-write'

/**
 * Takes away from every page what this app never needs: leaving its page, opening windows, embedding, permissions, and
 * any request that is not for the app's own files. Requires: called before the first window is made.
 */
export function lockDown(app: App, session: Session, log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    denyLeaving(contents, log)
  })
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    const allowed = permission === CLIPBOARD_WRITE
    if (!allowed) log(`denied permission ${permission}`)
    decide(allowed)
  })
  session.setPermissionCheckHandler((_contents, permission) => permission === CLIPBOARD_WRITE)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const own = /^(app|devtools|data|blob):/.test(url)
    if (!own) log(`blocked request to ${url}`)
    decide({ cancel: !own })
  })
}

function denyLeaving(contents: WebContents, log: (line: string) => void): void {
  const deny = (event: { preventDefault(): void }, url: string): void => {
    if (url === pageUrl) return
    log(`denied navigation to ${url}`)
    event.preventDefault()
  }
  contents.on('will-navigate', (event) => {
    deny(event, event.url)
  })
  contents.on('will-redirect', (event) => {
    deny(event, event.url)
  })
  contents.on('will-frame-navigate', (event) => {
    deny(event, event.url)
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(({ url }) => {
    log(`denied window for ${url}`)
    return { action: 'deny' }
  })
}

/** Whether a call comes from the top frame of the app's own page. */
export function comesFromPage(event: IpcMainInvokeEvent): boolean {
  const { senderFrame } = event
  return senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith(`${pageOrigin}/`)
}
