import type { App, BrowserWindow } from 'electron'

import type { JsonFile } from '#main/documents/json-file'
import type { DocumentSession } from '#main/documents/document-session'
import type { SendLabEvent } from '#main/ipc/send-lab-event'

import type { WindowState } from './window-state'

/** What closing the window needs. */
export interface ClosingOptions {
  readonly app: App
  readonly window: BrowserWindow
  readonly session: DocumentSession
  readonly send: SendLabEvent
  readonly stateFile: JsonFile<WindowState | null>
  /** What has to come to an end before the window goes. */
  readonly beforeClose: () => Promise<void>
}

/**
 * Guards the way out. Closing a window with unsaved changes asks its page for them (`closeRequested`); the page answers
 * with `closeWindow`, which asks the user. A page that hangs can't answer, so a second attempt to close closes all the
 * same: the draft is kept and offered at the next start.
 *
 * Returns the answer to `closeWindow`.
 */
export function guardClosing(options: ClosingOptions): (unsaved: string | null) => Promise<boolean> {
  const { app, window, session, send, stateFile, beforeClose } = options
  let unanswered = false
  let quitting = false

  const close = async (): Promise<void> => {
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    await Promise.allSettled([stateFile.write(state), beforeClose()])
    window.destroy()
    if (quitting) app.quit()
  }
  app.on('before-quit', () => {
    quitting = true
  })
  window.on('close', (event) => {
    event.preventDefault()
    if (!session.state.edited || unanswered) return void close()
    unanswered = true
    send('closeRequested', null)
  })
  return async (unsaved) => {
    unanswered = false
    const mayClose = await session.close(unsaved)
    if (mayClose) await close()
    else quitting = false
    return mayClose
  }
}
