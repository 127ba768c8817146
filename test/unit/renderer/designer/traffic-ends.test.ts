import { expect, test } from 'vitest'

import { trafficEnds } from '#renderer/designer/traffic-ends'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf, sampleText } from '../support/sample-lab'

function ends(traffic: string): readonly ObjectId[] {
  const outline = outlineOf(sampleText.replace('from: {pod: default/client-0}, to: {pod: default/server-0, port: 8080}', traffic))
  return [...trafficEnds(outline, [...outline.byId.values()])]
}

test.each([
  ['from: {pod: default/client-2}, to: {workload: default/server}', ['workload:default/client', 'workload:default/server']],
  ['from: {node: node-1}, to: {external: host-1}', ['node:node-1', 'external:host-1']],
  ['from: {node: gone}, to: {service: default/x}', []],
])('the ends of traffic %s are %j', (traffic, ids) => {
  expect(ends(traffic)).toEqual(ids)
})
