import type { RunPlan } from '#shared/plan/index'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../support/datapath-lab'
import { describeProgram } from '../support/describe-program'
import { planOf } from '../support/plan-of'

const NO_PROGRAM = -1

function describeFlow(plan: RunPlan, flow: number): string {
  const { flows } = plan
  const { name, kind } = plan.labels.traffic[flows.traffic[flow]!]!
  const programs: Readonly<Record<string, Int32Array>> =
    kind === 'tcp-stream'
      ? {
          'client sends data': flows.forwardTx,
          'server receives data': flows.forwardRx,
          'server sends acknowledgements': flows.reverseAckTx,
          'client receives acknowledgements': flows.reverseAckRx,
        }
      : { 'client sends data': flows.forwardTx, 'server receives data': flows.forwardRx }
  const parts = Object.entries(programs).flatMap(([title, column]) => {
    const program = column[flow]!
    return program === NO_PROGRAM ? [] : [`${title}\n${describeProgram(plan, program)}`]
  })
  return [`## ${name.replaceAll('-', ' ')}`, ...parts].join('\n\n')
}

describe('the way of a packet through the hosts', () => {
  it.each(['host', 'calico-ipip', 'cilium-vxlan'])('with %s is the one in the golden file', async (variant) => {
    const plan = planOf(datapathLab(), variant)
    const flows = Array.from({ length: plan.flows.count }, (_, flow) => describeFlow(plan, flow))
    await expect(`${flows.join('\n\n\n')}\n`).toMatchFileSnapshot(`datapath-${variant}.txt`)
  })
})
