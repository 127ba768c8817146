import { parseLab } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

import { runLab } from '../support/run-lab'

const LIMIT = 200e6

const lab = (variant: string, traffic: string, annotation = 'kubernetes.io/egress-bandwidth: 200M'): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: limited}
spec:
  fabric: {switches: [{name: tor}]}
  nodes:
    - {name: n1, uplinks: [{switch: tor}]}
    - {name: n2, uplinks: [{switch: tor}]}
  cluster:
    podCIDR: 10.244.0.0/16
    serviceCIDR: 10.96.0.0/16
    workloads:
      - {name: server, nodes: [n2]}
      - {name: near, nodes: [n1]}
      - {name: client, nodes: [n1], annotations: {${annotation}}}
  variants: [{name: tested, ${variant}}]
  traffic: [${traffic}]
  run: {duration: 250ms, warmup: 50ms}
`
const managed = 'cni: cilium, settings: {bandwidthManager: {enabled: true}}'
const stream = (name: string, to: string, streams = 1) => `{name: ${name}, kind: tcp-stream, from: {pod: default/client-0}, to: {pod: default/${to}-0}, streams: ${streams}}`

/** Goodput of all traffic together, bits a second. */
const goodput = (text: string): number => runLab(text, 'tested').result.traffic.reduce((sum, { goodputBps }) => sum + goodputBps, 0)

describe('a pod whose bandwidth is limited', () => {
  // Of a full frame of VXLAN, 1398 of 1514 bytes are payload.
  const most = (LIMIT * 1398) / 1514

  it.each([1, 4])('sends no more than that to other nodes by the bandwidth manager, by %i streams together', (streams) => {
    const reached = goodput(lab(managed, stream('far', 'server', streams)))
    expect(reached).toBeLessThan(most * 1.02)
    expect(reached).toBeGreaterThan(most * 0.9)
  })

  it('sends what it likes on its own node, and everywhere without a bandwidth manager', () => {
    expect(goodput(lab(managed, stream('near', 'near')))).toBeGreaterThan(10 * LIMIT)
    expect(goodput(lab('cni: cilium', stream('far', 'server')))).toBeGreaterThan(10 * LIMIT)
  })

  it('loses what would have to wait for more than two seconds', () => {
    const flood = '{name: flood, kind: udp-stream, rate: 2Gbit, payload: 1200B, from: {pod: default/client-0}, to: {pod: default/server-0}}'
    const text = lab(managed, flood, 'kubernetes.io/egress-bandwidth: 10M')
    const { drops, packets } = runLab(text, 'tested').result
    expect(drops['edt-horizon']).toBeGreaterThan(1000)
    const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0)
    expect(packets.sent).toBe(packets.delivered + packets.inFlight + dropped)
  })

  it('is refused where the plugin would limit it in a way that is not modelled, and where the limit is none', () => {
    expect(() => runLab(lab('cni: calico', stream('far', 'server')), 'tested')).toThrow(/bandwidth plugin/u)
    const { problems } = parseLab(lab(managed, stream('far', 'server'), 'kubernetes.io/egress-bandwidth: fast'))
    expect(problems.map(({ code, path }) => [code, path])).toContainEqual(['wrong-unit', expect.stringContaining('egress-bandwidth')])
  })
})
