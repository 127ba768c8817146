import { describe, expect, test } from 'vitest'

import type { Box } from '#renderer/designer/geometry'
import { routePoint, routePath } from '#renderer/designer/link-path'
import { routeLinks } from '#renderer/designer/link-routing'
import type { LinkOutline, ObjectId } from '#renderer/stores/outline'

const link = (id: string, from: ObjectId, to: ObjectId): LinkOutline =>
  ({ id: `link:${id}`, kind: 'link', ends: [from, to], bends: [] }) as unknown as LinkOutline

const at = (x: number, y: number): Box => ({ x, y, width: 160, height: 48 })

describe('routes of links', () => {
  test('leave upwards and arrive downwards between things one above the other', () => {
    const routes = routeLinks([link('1', 'node:a', 'switch:b')], new Map([['node:a', at(0, 200)], ['switch:b', at(40, 0)]]))
    expect(routes.get('link:1')).toEqual({ from: { side: 'top', x: 80, y: 200 }, to: { side: 'bottom', x: 120, y: 48 } })
  })

  test('run sideways between things side by side', () => {
    const routes = routeLinks([link('1', 'switch:a', 'switch:b')], new Map([['switch:a', at(0, 0)], ['switch:b', at(400, 10)]]))
    expect([routes.get('link:1')!.from.side, routes.get('link:1')!.to.side]).toEqual(['right', 'left'])
  })

  test('have ports of their own on one side, in the order of their other ends', () => {
    const boxes = new Map([['switch:s', at(400, 0)], ['node:left', at(0, 200)], ['node:right', at(800, 200)], ['node:mid', at(400, 200)]] as const)
    const routes = routeLinks([link('r', 'node:right', 'switch:s'), link('l', 'node:left', 'switch:s'), link('m', 'node:mid', 'switch:s')], boxes)
    const xs = ['l', 'm', 'r'].map((id) => routes.get(`link:${id}`)!.to.x)
    expect(xs).toEqual(xs.toSorted((a, b) => a - b))
    expect(new Set(xs).size).toBe(3)
  })

  test('keep parallel links apart', () => {
    const boxes = new Map([['switch:a', at(0, 0)], ['switch:b', at(0, 200)]] as const)
    const routes = routeLinks([link('1', 'switch:a', 'switch:b'), link('2', 'switch:a', 'switch:b')], boxes)
    expect(routes.get('link:1')!.from).not.toEqual(routes.get('link:2')!.from)
  })

  test('keep any number of ports on their card', () => {
    const boxes = new Map<ObjectId, Box>([['switch:s', at(0, 0)]])
    const links = Array.from({ length: 40 }, (_, index) => {
      boxes.set(`node:n${index}`, at(index * 200, 300))
      return link(String(index), 'switch:s', `node:n${index}`)
    })
    for (const { from } of routeLinks(links, boxes).values()) {
      expect(from.x).toBeGreaterThanOrEqual(0)
      expect(from.x).toBeLessThanOrEqual(160)
    }
  })

  test('are left out for ends that are not drawn and for links from a thing to itself', () => {
    const boxes = new Map([['switch:a', at(0, 0)]] as const)
    expect(routeLinks([link('1', 'switch:a', 'switch:gone'), link('2', 'switch:a', 'switch:a')], boxes).size).toBe(0)
  })

  test('are drawn through the middle that carries the label', () => {
    const route = { from: { side: 'bottom', x: 0, y: 0 }, to: { side: 'top', x: 0, y: 100 } } as const
    expect(routePath(route, 'curved')).toBe('M0,0C0,38 0,62 0,100')
    expect(routePoint(route, 'curved', 0.5)).toEqual({ x: 0, y: 50 })
  })
})
