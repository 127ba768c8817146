import { readManifestFiles } from '#main/documents/manifest-files'
import { reasonOf } from '#main/documents/read-document'
import type { ReachOutcomeOf } from '#main/pool/known-labs'
import type { ReachThread } from '#main/pool/reach-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { reachCalls } from '#shared/contract/reach'
import type { ManifestFiles } from '#shared/lab/index'

/** A question before the lab's files are read; what is undefined in it is not asked. */
interface Asked {
  readonly text: string
  readonly port?: number | undefined
}

/**
 * Answers each call about policies. `labFile` says where the open document's file is, null before it is saved: the manifest
 * files that a lab names lie next to it.
 */
export function reachHandlers(
  thread: Pick<ReachThread, 'reach' | 'explain' | 'impact' | 'arrows' | 'check'>,
  labFile: () => string | null,
): Pick<LabHandlers, keyof typeof reachCalls> {
  async function taskOf<Question extends Asked>({ port, ...asked }: Question): Promise<Omit<Question, 'port'> & { port?: number; files?: ManifestFiles }> {
    const file = labFile()
    const files = file === null ? {} : { files: await readManifestFiles(file, asked.text) }
    return { ...asked, ...(port === undefined ? {} : { port }), ...files }
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

function valueOf<Value>(outcome: ReachOutcomeOf<Value>): Value {
  if (outcome.ok) return outcome.value
  const { code, message, problems } = outcome.refusal
  throw new CallRefused(code, message, problems)
}

function brokenDown(error: unknown): never {
  throw new CallRefused('reach.failed', `The policies can't be read: ${reasonOf(error)}.`)
}
