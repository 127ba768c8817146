import {
  addEndpoint,
  DIRECTION,
  IP_PROTOCOLS,
  PeerReader,
  type ConnectionKind,
  type CoverageQuestion,
  type CoverageWalk,
  type Direction,
} from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import { PORT_PROTOCOLS } from './protocols'

/** A question, and all the endpoints that have the same answer. */
export interface ClassQuestion extends CoverageQuestion {
  readonly members: readonly number[]
}

const TRANSPORTS = PORT_PROTOCOLS.map((name) => IP_PROTOCOLS[name])

/** What there is to ask: each class of ends that a policy holds for, about each kind of connection that its rules tell apart. */
export function coverageQuestions({ table }: CompiledPolicies, walk: CoverageWalk): ClassQuestion[] {
  const all = new Uint32Array(table.setWords)
  for (let endpoint = 0; endpoint < table.endpointCount; endpoint++) addEndpoint(all, endpoint)
  const reader = new PeerReader(table, all)
  const classes = new Map<number, { readonly list: number; readonly direction: Direction; readonly members: number[] }>()
  for (const direction of ['ingress', 'egress'] as const satisfies readonly Direction[]) {
    for (let endpoint = 0; endpoint < table.endpointCount; endpoint++) {
      const list = table.listOf[endpoint * 2 + DIRECTION[direction]]!
      if (list < 0) continue
      const ofClass = reader.classOf(endpoint, direction)
      const known = classes.get(ofClass) ?? { list, direction, members: [] }
      known.members.push(endpoint)
      classes.set(ofClass, known)
    }
  }
  const kinds = new Map<number, readonly ConnectionKind[]>()
  return [...classes.values()].flatMap(({ list, direction, members }) => {
    const asked = kinds.get(list) ?? walk.kindsOfConnections(list, TRANSPORTS)
    kinds.set(list, asked)
    return asked.map((kind) => ({ ...kind, list, direction, members, endpoint: members[0]! }))
  })
}
