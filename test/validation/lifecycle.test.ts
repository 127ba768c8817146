/** Pods that are deleted or lost, and those that come in their place, measured on traffic. */
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'

import { failureText, runFailure } from '../support/failure-lab'
import { payloadBetween } from '../support/payload-between'
import { runLab } from '../support/run-lab'

/** The failure lab with other faults beside its own. */
function withFaults(faults: readonly object[]): string {
  const document = parse(failureText('evicted-pods')) as { spec: { faults: object[] } }
  document.spec.faults.push(...faults)
  return stringify(document)
}

describe('a pod of a node that is lost', () => {
  it.each(['calico', 'calico-vxlan', 'cilium'])('is asked again when another has come in its place, elsewhere: %s', (variant) => {
    const outcome = runLab(failureText('evicted-pods'), variant)
    const got = (name: string, from: number, to: number): number => payloadBetween(outcome, name, from, to) / (to - from)
    const usual = got('web', 1, 2)
    // Silent from 2 s, given up at 6 s, evicted at 9 s; another pod has started by 12 s.
    expect(got('web', 2.1, 9)).toBe(0)
    expect(got('web', 13, 19)).toBeCloseTo(usual, -2)
    expect(got('reports', 2.1, 9)).toBe(0)
    expect(got('reports', 14, 19)).toBeCloseTo(got('reports', 1, 2), -3)
    // Five minutes of toleration, and no other node.
    for (const name of ['patient', 'pinned']) expect(got(name, 2.1, 19)).toBe(0)
    expect(outcome.result.drops['host-down']).toBeGreaterThan(400)
  })

  it('is not reached in its new block while nobody tells BIRD of it', () => {
    const confd = { at: '1s', kind: 'agent-kill', node: 'node-3', agent: 'confd' }
    const stuck = runLab(withFaults([confd]), 'calico')
    expect(payloadBetween(stuck, 'web', 2.1, 19)).toBe(0)
    expect(stuck.result.drops['no-route']).toBeGreaterThan(runFailure('evicted-pods', 'calico').drops['no-route']! + 400)
    // Where Felix writes the routes, it does not matter.
    expect(payloadBetween(runLab(withFaults([confd]), 'calico-vxlan'), 'web', 13, 19)).toBeGreaterThan(0)
  })

  it('does not start while the kubelet of its new node is away', () => {
    const kubelet = { at: '1s', until: '15s', kind: 'agent-kill', node: 'node-3', agent: 'kubelet' }
    const late = runLab(withFaults([kubelet]), 'cilium')
    expect(payloadBetween(late, 'web', 2.1, 15)).toBe(0)
    expect(payloadBetween(late, 'web', 18.5, 20)).toBeGreaterThan(0)
  })
})
