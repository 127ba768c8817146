import type { App, BrowserWindow } from 'electron'

import type { SendLabEvent } from '#main/ipc/send-lab-event'

import { requestedFile } from './requested-file'
import { focusWindow } from './window'

/** Hands files that a second start of the app or the desktop asks for to the window, which knows what is unsaved. */
export function receiveOpenRequests(app: App, window: BrowserWindow, send: SendLabEvent): void {
  app.on('second-instance', (_event, argv, folder) => {
    focusWindow(window)
    const path = requestedFile(argv, folder)
    if (path !== null) send('openRequested', { path })
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    send('openRequested', { path })
  })
}
