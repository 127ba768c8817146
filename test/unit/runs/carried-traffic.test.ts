import { describe, expect, it } from 'vitest'

import { carriedTraffic } from '#main/runs/carried-traffic'
import { FLOW_KIND, type RunPlan } from '#shared/plan/index'

import { fakePlan } from '../../support/fake-set-up'

function withFlows(changes: Partial<RunPlan['flows']>): RunPlan {
  const plan = fakePlan('calico-ipip')
  return { ...plan, flows: { ...plan.flows, ...changes } }
}

describe('carriedTraffic', () => {
  it('tells what a full packet of a stream is made of, and leaves transactions out', () => {
    expect(carriedTraffic(fakePlan('calico-ipip'))).toEqual([
      { traffic: 'bulk', payloadBytes: 1428, headerBytes: 72, framingBytes: 38 },
    ])
  })

  it('takes the datagram of a UDP stream for its full packet', () => {
    const plan = withFlows({ kind: Uint8Array.of(FLOW_KIND.udpStream, FLOW_KIND.tcpRr), writeBytes: Int32Array.of(1000, 0) })
    expect(carriedTraffic(plan)).toMatchObject([{ traffic: 'bulk', payloadBytes: 1000 }])
  })

  it('leaves out traffic that stays on its node, and goes by the flow of an entry that does not', () => {
    expect(carriedTraffic(withFlows({ forwardRx: Int32Array.of(-1, -1) }))).toEqual([])
    const oneCrosses = withFlows({
      traffic: Int32Array.of(0, 0),
      kind: Uint8Array.of(FLOW_KIND.tcpStream, FLOW_KIND.tcpStream),
      forwardRx: Int32Array.of(-1, 0),
      mssBytes: Int32Array.of(65483, 1428),
    })
    expect(carriedTraffic(oneCrosses)).toMatchObject([{ payloadBytes: 1428 }])
  })
})
