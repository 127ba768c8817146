import type { RecordedAgent, RecordedSpan } from '#shared/contract/control-plane'
import { agentsOf, type Fault, type Lab, type Variant } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import { downtimesOf, type AgentName } from './downtimes'
import type { NodeLoad } from './node-tables'
import { ciliumAgentMiB } from './programming-time'
import { TIMING } from './timing'

const MIB = 2 ** 20

/**
 * What takes requests apart for Cilium: a DaemonSet of its own in new installations since 1.16 (install/kubernetes/cilium/templates/
 * _helpers.tpl, envoyDaemonSetEnabled). Nobody has measured it without requests.
 */
const CILIUM_PROXY = 'cilium-envoy'

/** What a daemon holds and needs, as far as somebody has measured it. */
type Measured = Pick<RecordedAgent, 'memoryBytes' | 'cpuSeconds' | 'source'>

/** The daemons of a variant on a node, with what they hold; of Calico's, which are one pod, it is known together only. */
export function nodeAgents(lab: Lab, variant: Variant, node: string, load: NodeLoad): RecordedAgent[] {
  const durationSeconds = lab.run.duration / SECOND_NS
  const named: AgentName[] = variant.cni === 'cilium' ? [...agentsOf(variant), CILIUM_PROXY] : [...agentsOf(variant)]
  const agents = named.map((agent): RecordedAgent => {
    const running = runningSpans(lab.faults, node, agent, durationSeconds)
    const upSeconds = running.reduce((sum, { fromSeconds, untilSeconds = durationSeconds }) => sum + untilSeconds - fromSeconds, 0)
    return { agent, running, ...measured(agent, load, upSeconds) }
  })
  const pod = residentOf(variant)
  return pod === undefined ? agents : [{ agent: pod.name, running: runningSpans(lab.faults, node, pod.name, durationSeconds), memoryBytes: pod.bytes, source: TIMING.resident.source }, ...agents]
}

/** Resident memory of a variant's agents on a node, as measured; 0 where nobody measured it. */
export function agentBytes(variant: Variant, { pods }: Pick<NodeLoad, 'pods'>): number {
  return variant.cni === 'cilium' ? ciliumAgentMiB(pods) * MIB : (residentOf(variant)?.bytes ?? 0)
}

/** Memory of daemons that was measured together. */
function residentOf(variant: Variant): { readonly name: AgentName; readonly bytes: number } | undefined {
  const { calicoMiB, calicoEbpfMiB } = TIMING.resident
  if (variant.cni !== 'calico') return undefined
  return { name: 'calico-node', bytes: (variant.settings.felixConfiguration.bpfEnabled ? calicoEbpfMiB : calicoMiB) * MIB }
}

function measured(agent: AgentName, { pods, routes }: NodeLoad, upSeconds: number): Measured {
  switch (agent) {
    case 'bird':
      return { cpuSeconds: (TIMING.bird.coresPer25000Routes * routes * upSeconds) / 25_000, source: TIMING.bird.source }
    case 'cilium-agent':
      return {
        memoryBytes: ciliumAgentMiB(pods) * MIB,
        cpuSeconds: TIMING.cilium.agentIdleCores * upSeconds,
        source: TIMING.cilium.source,
      }
    case 'flanneld':
      return { memoryBytes: TIMING.resident.flannelMiB * MIB, source: TIMING.resident.source }
    default:
      return {}
  }
}

/** When a daemon of a node runs. */
function runningSpans(faults: readonly Fault[], node: string, agent: AgentName, durationSeconds: number): RecordedSpan[] {
  const spans: RecordedSpan[] = []
  let upSince = 0
  for (const { fromNs, untilNs } of downtimesOf(faults, node, agent)) {
    if (fromNs / SECOND_NS > upSince) spans.push({ fromSeconds: upSince, untilSeconds: fromNs / SECOND_NS })
    upSince = untilNs / SECOND_NS
  }
  return upSince < durationSeconds ? [...spans, { fromSeconds: upSince }] : spans
}
