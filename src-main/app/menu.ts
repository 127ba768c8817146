import type { MenuItemConstructorOptions } from 'electron'
import { Menu, app } from 'electron'

import type { RecentDocuments } from '#main/documents/recent-documents'
import type { SendLabEvent } from '#main/ipc/send-lab-event'
import type { Theme } from '#shared/contract/app'
import { themes } from '#shared/contract/app'
import type { RecentDocument } from '#shared/contract/document'
import type { MenuVerb } from '#shared/contract/menu'

import type { SettingsStore } from './settings'

/** Where the menu's items go and what it shows. */
export interface MenuOptions {
  readonly send: SendLabEvent
  readonly settings: SettingsStore
  readonly recent: RecentDocuments
}

/** What the menu is made from. */
interface MenuState {
  readonly theme: Theme
  readonly recent: readonly RecentDocument[]
  readonly packaged: boolean
}

/** What items do that the window does not carry out. */
interface MenuActions {
  readonly send: SendLabEvent
  readonly chooseTheme: (theme: Theme) => void
  readonly clearRecent: () => void
  readonly showAbout: () => void
}

const themeLabels: Readonly<Record<Theme, string>> = { system: 'Like the System', light: 'Light', dark: 'Dark' }

/** Sets the app's menu and keeps it up to date with the settings; call the function it returns when files changed. */
export function setUpMenu({ send, settings, recent }: MenuOptions): () => void {
  const refresh = (): void => {
    const state = { theme: settings.current.theme, recent: recent.list(), packaged: app.isPackaged }
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, actions)))
  }
  const actions: MenuActions = {
    send,
    chooseTheme: (theme) => void settings.change({ theme }),
    clearRecent: () => void recent.clear().then(refresh),
    showAbout: () => app.showAboutPanel(),
  }
  settings.observe(refresh)
  return refresh
}

/** The menu as data. Items with a verb are carried out by the window, items with a role by the system. */
function menuTemplate(state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  const { send, chooseTheme, clearRecent, showAbout } = actions
  const { theme, recent, packaged } = state
  const item = (label: string, verb: MenuVerb, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => send('menuCommand', { verb }),
  })
  /** Shows the key but leaves it to the window, which knows whether somebody is typing. */
  const keyedItem = (label: string, verb: MenuVerb, accelerator: string): MenuItemConstructorOptions => ({
    ...item(label, verb, accelerator),
    registerAccelerator: false,
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const recentItems: MenuItemConstructorOptions[] = recent.map(({ name, path }) => ({
    label: name,
    toolTip: path,
    click: () => send('menuCommand', { verb: 'openRecent', path }),
  }))
  return [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        item('&New', 'new', 'CmdOrCtrl+N'),
        item('New from &Example', 'newFromExample', 'CmdOrCtrl+Shift+N'),
        item('&Open…', 'open', 'CmdOrCtrl+O'),
        {
          label: 'Open &Recent',
          enabled: recent.length > 0,
          submenu: [...recentItems, separator, { label: 'Clear', click: clearRecent }],
        },
        separator,
        item('&Save', 'save', 'CmdOrCtrl+S'),
        item('Save &As…', 'saveAs', 'CmdOrCtrl+Shift+S'),
        item('&Export for a Real Cluster…', 'exportForCluster', 'CmdOrCtrl+Shift+E'),
        separator,
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('&Undo', 'undo', 'CmdOrCtrl+Z'),
        item('&Redo', 'redo', process.platform === 'win32' ? 'Ctrl+Y' : 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        keyedItem('&Delete', 'delete', 'Delete'),
        separator,
        item('Select &All', 'selectAll', 'CmdOrCtrl+A'),
      ],
    },
    {
      label: '&View',
      submenu: [
        item('&Design', 'design', 'CmdOrCtrl+1'),
        item('&Results', 'results', 'CmdOrCtrl+2'),
        item('&Packets', 'packets', 'CmdOrCtrl+3'),
        item('Poli&cies', 'policies', 'CmdOrCtrl+4'),
        item('Control Pla&ne', 'controlPlane', 'CmdOrCtrl+5'),
        separator,
        item('Zoom &In', 'zoomIn', 'CmdOrCtrl+='),
        item('Zoom &Out', 'zoomOut', 'CmdOrCtrl+-'),
        item('&Actual Size', 'zoomActualSize', 'CmdOrCtrl+0'),
        keyedItem('Zoom to &Fit', 'zoomToFit', 'Shift+1'),
        separator,
        {
          label: '&Theme',
          submenu: themes.map((choice) => ({
            label: themeLabels[choice],
            type: 'radio',
            checked: choice === theme,
            click: () => chooseTheme(choice),
          })),
        },
        separator,
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    {
      label: '&Run',
      submenu: [item('&Run', 'run', 'F5'), item('&Stop', 'stop', 'Shift+F5')],
    },
    {
      role: 'help',
      label: '&Help',
      submenu: [{ label: 'About CNI Lab', click: showAbout }],
    },
  ]
}
