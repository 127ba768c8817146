import type { Rectangle } from 'electron'
import { z } from 'zod'

import { JsonFile } from '#main/documents/json-file'

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
})

const windowStateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() })

/** Where a window was when it was last closed. */
export type WindowState = z.output<typeof windowStateSchema>

/** The file that remembers it; reading comes to null at the first start. */
export function windowStateFile(file: string): JsonFile<WindowState | null> {
  return new JsonFile<WindowState | null>(file, windowStateSchema, null)
}

/** Smallest size at which every panel of the window is usable. */
export const minimumSize = { width: 960, height: 600 } as const

const preferredSize = { width: 1440, height: 900 } as const

/**
 * Where to open the window: as it was, if at least a hand's breadth of it is on a display that exists; else centred on
 * the first display, at the preferred size as far as it fits. `displays` are work areas, at least one.
 */
export function placeWindow(state: WindowState | null, displays: readonly Rectangle[]): Rectangle {
  if (state && displays.some((display) => overlaps(state.bounds, display))) return state.bounds
  const display = displays[0]!
  const width = Math.min(preferredSize.width, display.width)
  const height = Math.min(preferredSize.height, display.height)
  return {
    x: display.x + Math.round((display.width - width) / 2),
    y: display.y + Math.round((display.height - height) / 2),
    width,
    height,
  }
}

function overlaps(bounds: Rectangle, display: Rectangle): boolean {
  const handsBreadth = 100
  const across = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x)
  const down = Math.min(bounds.y + bounds.height, display.y + display.height) - Math.max(bounds.y, display.y)
  return across >= handsBreadth && down >= handsBreadth
}
