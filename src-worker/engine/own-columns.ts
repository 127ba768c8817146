import { TIMELINE_KIND, type RunPlan } from '#shared/plan/index'

/** The plan with columns of its own where its timeline changes them: plans serve several runs. */
export function withOwnColumns(plan: RunPlan): RunPlan {
  const { flows, ports, timeline } = plan
  const kinds = new Set(timeline.kind)
  return {
    ...plan,
    ...(timeline.programs.count > 0 && {
      flows: {
        ...flows,
        forwardTx: flows.forwardTx.slice(),
        forwardRx: flows.forwardRx.slice(),
        forwardAckTx: flows.forwardAckTx.slice(),
        forwardAckRx: flows.forwardAckRx.slice(),
        reverseTx: flows.reverseTx.slice(),
        reverseRx: flows.reverseRx.slice(),
        reverseAckTx: flows.reverseAckTx.slice(),
        reverseAckRx: flows.reverseAckRx.slice(),
      },
    }),
    ...(kinds.has(TIMELINE_KIND.portMtu) && { ports: { ...ports, mtuBytes: ports.mtuBytes.slice() } }),
  }
}
