import { describe, expect, test } from 'vitest'

import { endFromValue, endOptions, endText, endValue, receiverOptions } from '#renderer/traffic/end-options'
import { newTraffic } from '#renderer/traffic/new-traffic'
import { summaryOf } from '#renderer/traffic/traffic-words'
import { applyChange, checkDocument } from '#shared/lab/index'

import { documentOf, outlineOf } from '../support/sample-lab'

describe('ends of traffic', () => {
  test('can be pods, workloads, nodes and external hosts', () => {
    expect(endOptions(outlineOf()).map(({ value }) => value)).toEqual([
      'pod default/server-0', 'pod default/client-0', 'pod default/client-1', 'pod default/client-2',
      'workload default/server', 'workload default/client',
      'node node-1', 'node node-2',
      'external host-1',
    ])
  })

  test('are read from the file and written back', () => {
    const end = { pod: 'default/server-0', port: 8080 }
    expect(endValue(end)).toBe('pod default/server-0')
    expect(endText(end, 'tcp-rr')).toBe('server-0:8080')
    expect(endText(end, 'icmp')).toBe('server-0')
    expect(endFromValue(outlineOf(), 'pod default/server-0', undefined, true)).toEqual(end)
  })

  test('that receive can be services too, which are asked at their first port', () => {
    const outline = outlineOf(`spec: {cluster: {manifests: [{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80, targetPort: 8080}]}}]}}`)
    expect(receiverOptions(outline)[0]).toEqual({ value: 'service default/web', label: 'web', group: 'Services' })
    expect(endFromValue(outline, 'service default/web', { port: 99 }, true)).toEqual({ service: 'default/web', port: 80 })
  })

  test('keep the port they had where the new receiver names none', () => {
    expect(endFromValue(outlineOf(), 'node node-1', { port: 99 }, true)).toEqual({ node: 'node-1', port: 99 })
  })
})

describe('a new entry of the traffic list', () => {
  test('goes between pods of two workloads and leaves the lab without errors', () => {
    const { document } = applyChange(documentOf(), newTraffic(outlineOf())!(documentOf()))
    expect(checkDocument(document)).toMatchObject({ problems: [], lab: { traffic: [{ name: 'bulk' }, { kind: 'tcp-stream' }] } })
  })

  test('cannot be made while there is nothing to send between', () => {
    expect(newTraffic(outlineOf('metadata: {name: x}'))).toBeUndefined()
    expect(newTraffic(outlineOf('spec: {nodes: [{name: only}]}'))).toBeUndefined()
  })
})

test('an entry is summed up in the order of its record', () => {
  expect(summaryOf({ streams: 1, rate: '1Gbit', congestion: 'bbr', stop: '1s' })).toBe('1 stream · rate 1Gbit · bbr · to 1s')
})
