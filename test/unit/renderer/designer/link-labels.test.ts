import { describe, expect, test } from 'vitest'

import type { CanvasLink } from '#renderer/designer/canvas-elements'
import { placeLabels } from '#renderer/designer/link-labels'
import type { Port, Route } from '#renderer/designer/link-routing'

const port = (x: number, y: number, side: Port['side']): Port => ({ x, y, side })
const link = (id: string): CanvasLink => ({
  id: `link:${id}`, bundle: [`link:${id}`], ends: ['switch:a', 'switch:b'], rate: '100G', full: '100G', ports: ['', ''], bends: [], faults: '', label: '', severity: undefined,
})

describe('labels of lines that cross', () => {
  const routes = new Map<string, Route>([
    ['link:down', { from: port(0, 0, 'bottom'), to: port(200, 200, 'top') }],
    ['link:up', { from: port(0, 200, 'top'), to: port(200, 0, 'bottom') }],
  ])

  test.each(['curved', 'straight', 'square'] as const)('stand apart on %s lines', (style) => {
    const places = placeLabels([link('down'), link('up')], routes, style, 'short')
    const [down, up] = [places.get('link:down')!, places.get('link:up')!]
    expect(down).toEqual({ x: 100, y: 100 })
    expect(Math.abs(up.x - down.x) >= 30 || Math.abs(up.y - down.y) >= 16).toBe(true)
  })

  test('leave each other alone where nothing is written', () => {
    const places = placeLabels([link('down'), link('up')], routes, 'straight', 'none')
    expect([...places.values()]).toEqual([{ x: 100, y: 100 }, { x: 100, y: 100 }])
  })
})
