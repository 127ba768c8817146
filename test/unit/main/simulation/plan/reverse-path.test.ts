import { buildRunPlan } from '#main/simulation/plan/index'
import { parseLab } from '#shared/lab/index'
import { hasRouteBack, type RunPlan } from '#shared/plan/index'
import { ipv4Address } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

const lab = (urpf: string): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: sources}
spec:
  fabric:
    switches: [{name: a, urpf: ${urpf}}, {name: b}, {name: spine, role: spine}]
    links: [{ends: [a, spine]}, {ends: [b, spine]}]
  nodes:
    - {name: one, address: 10.1.0.11/24, uplinks: [{switch: a}]}
    - {name: two, address: 10.1.0.12/24, uplinks: [{switch: a}]}
    - {name: three, address: 10.2.0.11/24, uplinks: [{switch: b}]}
  external: [{name: outside, address: 203.0.113.10, attach: a}]
  variants: [{name: host, cni: none}]
  traffic: [{name: t, kind: udp-stream, rate: 1Mbit, from: {node: one}, to: {node: three}}]
  run: {duration: 10ms}
`

function planOf(urpf: string): RunPlan {
  const { lab: parsed, problems } = parseLab(lab(urpf))
  if (parsed === undefined) throw new Error(JSON.stringify(problems))
  const built = buildRunPlan(parsed, 'host')
  if (!('plan' in built)) throw new Error(JSON.stringify(built.problems))
  return built.plan
}

/** Switch a, and addresses. */
const A = 0
const ONE = 0x0a01000b
const TWO = 0x0a01000c
const THREE = 0x0a02000b
const OUTSIDE = 0xcb00710a
const NOBODY = 0xc6336407

/** Whether switch a takes what a host, or a switch, sends it from an address. */
function takes(plan: RunPlan, sender: string, source: number): boolean {
  const names = [...plan.labels.switches, ...plan.labels.hosts]
  const port = Array.from({ length: plan.ports.count }, (_, each) => each).find(
    (each) => names[plan.ports.owner[each]!] === sender && plan.ports.peer[each] === A)
  return hasRouteBack(plan, A, port!, ipv4Address(source))
}

describe('a switch that checks sources strictly', () => {
  const plan = planOf('strict')

  it.each([['one', ONE, true], ['one', TWO, true], ['one', THREE, false], ['one', OUTSIDE, false], ['one', NOBODY, false]])(
    'of %s takes %i of its own subnet and nothing else: %s', (sender, source, isTaken) => {
      expect(takes(plan, sender, source)).toBe(isTaken)
    })

  it.each([[OUTSIDE, true], [ONE, false], [THREE, false]])('of a host on a port of its own takes its address: %i %s', (source, isTaken) => {
    expect(takes(plan, 'outside', source)).toBe(isTaken)
  })

  it('does not ask what another switch lets in', () => {
    expect(takes(plan, 'spine', NOBODY)).toBe(true)
  })
})

describe('a switch that checks sources loosely', () => {
  it.each([[THREE, true], [OUTSIDE, true], [NOBODY, false]])('takes what it has any route to: %i %s', (source, isTaken) => {
    expect(takes(planOf('loose'), 'one', source)).toBe(isTaken)
  })
})
