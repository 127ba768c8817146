import { reasonOf } from '#main/documents/system-error'
import { valueOf } from '#main/pool/lab-answer'
import type { ReachThread } from '#main/pool/reach-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { reachCalls } from '#shared/contract/reach'
import type { ManifestFiles } from '#shared/lab/index'

import { manifestsBeside, type LabFile } from './lab-files'

/** A question before the lab's files are read; what is undefined in it is not asked. */
interface Asked {
  readonly text: string
  readonly port?: number | undefined
}

/** Answers each call about policies, of the open document. */
export function reachHandlers(
  thread: Pick<ReachThread, 'reach' | 'explain' | 'impact' | 'arrows' | 'check'>,
  labFile: LabFile,
): Pick<LabHandlers, keyof typeof reachCalls> {
  async function taskOf<Question extends Asked>({ port, ...asked }: Question): Promise<Omit<Question, 'port'> & { port?: number; files?: ManifestFiles }> {
    return { ...asked, ...(port === undefined ? {} : { port }), ...(await manifestsBeside(labFile, asked.text)) }
  }
  return {
    reachLab: async (asked) => valueOf(await thread.reach(await taskOf(asked)).catch(brokenDown)),
    explainReach: async (asked) => valueOf(await thread.explain(await taskOf(asked)).catch(brokenDown)),
    reachImpact: async (asked) => valueOf(await thread.impact(await taskOf(asked)).catch(brokenDown)),
    policyArrows: async ({ policy, ...asked }) =>
      valueOf(await thread.arrows({ ...(await taskOf(asked)), ...(policy === undefined ? {} : { policy }) }).catch(brokenDown)),
    checkPolicies: async (asked) => thread.check(await taskOf(asked)).catch(brokenDown),
  }
}

function brokenDown(error: unknown): never {
  throw new CallRefused('reach.failed', `The policies can't be read: ${reasonOf(error)}.`)
}
