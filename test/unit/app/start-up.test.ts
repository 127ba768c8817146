import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { requestedFile } from '#main/app/requested-file'
import { SettingsStore } from '#main/app/settings'
import { placeWindow } from '#main/app/window-state'

describe('requestedFile', () => {
  it.each([
    ['nothing', ['electron', '/app'], null],
    ['a file beside the app folder', ['electron', '/app', 'labs/a.cnilab.yaml'], path.resolve('/home/u/labs/a.cnilab.yaml')],
    ['switches before it', ['cni-lab', '--no-sandbox', '--x=1.yaml', '/b.yml'], path.resolve('/b.yml')],
    ['a file of another kind', ['cni-lab', 'picture.png'], null],
  ])('understands %s', (_what, argv, expected) => {
    expect(requestedFile(argv, '/home/u')).toBe(expected)
  })
})

describe('placeWindow', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 }
  const bounds = { x: 100, y: 50, width: 1200, height: 800 }

  it('puts the window where it was', () => {
    expect(placeWindow({ bounds, maximized: false }, [display])).toEqual(bounds)
  })

  it('centres the first window, no larger than the display', () => {
    expect(placeWindow(null, [display])).toEqual({ x: 240, y: 90, width: 1440, height: 900 })
    expect(placeWindow(null, [{ x: 0, y: 30, width: 1366, height: 738 }])).toEqual({ x: 0, y: 30, width: 1366, height: 738 })
  })

  it('brings a window back whose display is gone', () => {
    const away = { ...bounds, x: 5000 }
    expect(placeWindow({ bounds: away, maximized: false }, [display])).toEqual({ x: 240, y: 90, width: 1440, height: 900 })
  })
})

describe('SettingsStore', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('follows the system until told otherwise, and remembers', async () => {
    const settings = new SettingsStore(path.join(folder, 'settings.json'))
    await settings.load()
    expect(settings.current).toEqual({ theme: 'system' })
    expect(await settings.change({ theme: 'dark' })).toEqual({ theme: 'dark' })

    const again = new SettingsStore(path.join(folder, 'settings.json'))
    await again.load()
    expect(again.current).toEqual({ theme: 'dark' })
  })

  it('tells observers the settings now and after each change', async () => {
    const settings = new SettingsStore(path.join(folder, 'settings.json'))
    const seen: string[] = []
    settings.observe(({ theme }) => seen.push(theme))
    await settings.change({ theme: 'light' })
    await settings.change({})
    expect(seen).toEqual(['system', 'light', 'light'])
  })
})
