import { runsAgent, type Lab } from '#shared/lab/index'

/** For which variants a fault changes nothing, in words; undefined where it is about all of them, or about none (a problem of the lab). */
export function idleNote({ faults, variants }: Lab, index: number): string | undefined {
  const fault = faults[index]
  if (fault?.kind !== 'agent-kill') return undefined
  const without = variants.filter((variant) => !runsAgent(variant, fault.agent)).map(({ name }) => name)
  if (without.length === 0 || without.length === variants.length) return undefined
  return `Nothing changes for ${without.join(', ')}: no ${fault.agent} runs there.`
}
