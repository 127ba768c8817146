import path from 'node:path'

import { BrowserWindow, nativeTheme, screen } from 'electron'

import { minimumSize, placeWindow, type WindowState } from './window-state'

/** The colour behind a page that has not painted yet: `--canvas` of the window's theme. */
const background = (): string => (nativeTheme.shouldUseDarkColors ? '#0f1216' : '#f5f6f8')

/**
 * Makes the one window, hidden until its page has painted. The page runs sandboxed, in its own context, without Node,
 * and sees what the preload exposes.
 */
export function createWindow(state: WindowState | null, appFolder: string): BrowserWindow {
  const window = new BrowserWindow({
    ...placeWindow(state, screen.getAllDisplays().map(({ workArea }) => workArea)),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    title: 'CNI Lab',
    icon: path.join(appFolder, 'resources', 'icons', 'icon.png'),
    backgroundColor: background(),
    webPreferences: {
      preload: path.join(appFolder, 'out', 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (state?.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(background())
  })
  // The title says which lab is open, not what the page is called.
  window.on('page-title-updated', (event) => event.preventDefault())
  return window
}

/** Shows on the window's frame which lab is open and whether it has unsaved changes. */
export function showDocumentState(window: BrowserWindow, name: string, file: string | null, edited: boolean): void {
  if (window.isDestroyed()) return
  window.setTitle(`${edited ? '● ' : ''}${name} — CNI Lab`)
  window.setRepresentedFilename(file ?? '')
  window.setDocumentEdited(edited)
}

/** Brings the window to the front. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.focus()
}
