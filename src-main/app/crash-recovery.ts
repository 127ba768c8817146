import type { App, BrowserWindow } from 'electron'
import { dialog } from 'electron'

/** A page that dies twice within this many milliseconds is not worth a third try. */
const hopelessMs = 20_000

/**
 * Loads the page again after its process died; its first call then offers the draft. When that does not help, says so
 * and quits: the draft stays for the next start.
 */
export function reloadAfterCrash(app: App, window: BrowserWindow, log: (line: string) => void): void {
  let lastCrash = -Infinity
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    log(`the window's process ended: ${reason}`)
    const now = performance.now()
    const hopeless = now - lastCrash < hopelessMs
    lastCrash = now
    if (!hopeless) {
      window.webContents.reload()
      return
    }
    dialog.showErrorBox('CNI Lab has to close', 'Its window failed twice. Unsaved changes are offered at the next start.')
    app.exit(1)
  })
}
