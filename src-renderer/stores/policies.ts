import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { CallError } from '#shared/contract/call'
import type { Outcomes, Reach, ReachChange, ReachLevel, ReachOutcome, ReachProtocol } from '#shared/contract/reach'
import { ENFORCING_CNIS } from '#shared/lab/index'

import { useDocumentStore } from './document'
import { useWork } from './useWork'

/** From this number of workloads on, namespaces are shown unless somebody asks for workloads. */
export const MANY_UNITS = 60

/** What is asked about the policies of the open lab. */
export interface PolicyQuestion {
  readonly variant: string
  /** A second variant whose verdicts are compared; empty for none. */
  readonly compared: string
  /** As many workloads as can be looked at decide where absent. */
  readonly by?: ReachLevel
  readonly protocol: ReachProtocol
  /** Each pod's own where absent. */
  readonly port?: number
}

/** Parts of the Policies screen. */
export type PolicyTab = 'matrix' | 'policies' | 'staged' | 'warnings'

/** Why a cell or a traffic entry is as it is. */
export interface Why {
  /** `shop/cart → shop/database`, or the traffic entry's name. */
  readonly title: string
  readonly variants: readonly { readonly variant: string; readonly outcomes: Outcomes }[]
}

/** Who may connect to whom in the open lab, and why. */
export const usePoliciesStore = defineStore('policies', () => {
  const document = useDocumentStore()
  const question = shallowRef<PolicyQuestion>({ variant: '', compared: '', protocol: 'TCP' })
  const reach = shallowRef<Reach>()
  /** Why there is no matrix. */
  const refusal = shallowRef<CallError>()
  /** How far reading the policies is; undefined while nobody waits for it. */
  const { work, begin, end } = useWork('policies')
  const tab = ref<PolicyTab>('matrix')
  /** Whether a new policy is put together, rather than one edited. */
  const building = ref(false)
  /** The units of the cell that is explained. */
  const cell = shallowRef<{ readonly from: string; readonly to: string }>()
  const why = shallowRef<Why>()
  /** Why the last cell is not explained. */
  const whyRefusal = shallowRef<CallError>()
  let asked = 0
  let explained = 0

  const variants = computed(() => document.outline.variants.map(({ name }) => name))
  const level = computed<ReachLevel>(() => question.value.by ?? (document.outline.workloads.length > MANY_UNITS ? 'namespace' : 'workload'))
  /** The variants in question: as chosen as far as the lab has them; else the first that enforces policies. */
  const shown = computed(() => {
    const first = (document.outline.variants.find(({ cni }) => ENFORCING_CNIS.some((enforcing) => enforcing === cni)) ?? document.outline.variants[0])?.name ?? ''
    const variant = variants.value.includes(question.value.variant) ? question.value.variant : first
    const { compared } = question.value
    return compared !== variant && variants.value.includes(compared) ? [variant, compared] : [variant]
  })

  function ask(changes: Partial<PolicyQuestion>): void {
    question.value = { ...question.value, ...changes }
  }

  /** Every pod at its own port. */
  function askOwnPorts(): void {
    const { port: _, ...rest } = question.value
    question.value = rest
  }

  function parameters() {
    const { protocol, port } = question.value
    return { text: document.text, variants: [...shown.value], by: level.value, protocol, ...(port === undefined ? {} : { port }) }
  }

  /** Reads the policies as they are now. */
  async function refresh(): Promise<void> {
    asked += 1
    const number = asked
    explained += 1
    cell.value = undefined
    why.value = undefined
    whyRefusal.value = undefined
    if (variants.value.length === 0) {
      reach.value = undefined
      refusal.value = undefined
      end()
      return
    }
    begin()
    const answer = await labBridge().reachLab(parameters())
    if (number !== asked) return
    end()
    reach.value = answer.ok ? answer.value : undefined
    refusal.value = answer.ok ? undefined : answer.error
  }

  /** Gives up what is asked about policies. */
  async function stop(): Promise<void> {
    await labBridge().stopReach()
  }

  /** Finds out what decides between two units. */
  async function explain(from: string, to: string): Promise<void> {
    explained += 1
    const number = explained
    cell.value = { from, to }
    const answer = await labBridge().explainReach({ ...parameters(), from, to })
    if (number !== explained) return
    why.value = answer.ok ? { title: `${from} → ${to}`, variants: answer.value } : undefined
    whyRefusal.value = answer.ok ? undefined : answer.error
  }

  /** Shows what decided about a traffic entry. */
  function explainTraffic(name: string): void {
    explained += 1
    cell.value = undefined
    whyRefusal.value = undefined
    why.value = {
      title: `Traffic ${name}`,
      variants: (reach.value?.variants ?? []).map(({ variant, traffic }) => ({
        variant,
        outcomes: traffic.find((entry) => entry.name === name)?.outcomes ?? { pairs: 0, looked: 0, outcomes: [] },
      })),
    }
  }

  /** Shows what decides about a connection now, and what would. */
  function explainChange(title: string, { before, after }: ReachChange): void {
    explained += 1
    cell.value = undefined
    whyRefusal.value = undefined
    const one = (outcome: ReachOutcome): Outcomes => ({ pairs: 1, looked: 1, outcomes: [{ ...outcome, pairs: 1 }] })
    why.value = { title, variants: [{ variant: 'Now', outcomes: one(before) }, { variant: 'Would be', outcomes: one(after) }] }
  }

  // Another lab has other policies.
  watch(() => document.openCount, () => {
    asked += 1
    end()
    reach.value = undefined
    refusal.value = undefined
    question.value = { variant: '', compared: '', protocol: 'TCP' }
  })

  return { question, tab, building, cell, reach, refusal, work, why, whyRefusal, variants, level, shown, ask, askOwnPorts, refresh, stop, explain, explainTraffic, explainChange }
})
