import { ICMP_MESSAGE, LOCAL_PORTS } from '#shared/wire/index'

import type { Endpoint } from '../cni/common/index'
import { verdictOf, type CompiledPolicies, type DirectionVerdict, type Verdict } from '../policy/index'
import type { FlowState } from './changing-flows'
import type { ConnectionWays } from './connection-ways'
import { isWithinPod, type EndPair } from './end-pair'
import { policyEnd } from './reach'

/** What policies ask of a flow's packets beside who its ends are. */
interface AskedFlow {
  readonly transport: 'tcp' | 'udp' | 'icmp'
  /** The server's. */
  readonly port: number
  /** How many hosts the lab has. */
  readonly hosts: number
}

/** The policies that nodes know of at a time, at the client's and at the server's. */
type KnownPolicies = Pick<FlowState, 'atClient' | 'atServer'>

/** What a node says that knows of no policy. */
const NO_POLICY: DirectionVerdict = { verdict: 'allow', by: { default: 'no policy' }, rulesTried: 0, chainRules: 0 }

/**
 * What policies say about a connection, as both ends' nodes know them: at the client about whom it asks, at the server about
 * whom that sees. Undefined where neither node knows any, or none is asked.
 */
export function verdictOfConnection(
  known: KnownPolicies,
  { seenServer, seenClient }: ConnectionWays,
  pair: EndPair,
  { transport, port, hosts }: AskedFlow,
): Verdict | undefined {
  if (isWithinPod(pair)) return undefined
  const { client, server } = pair
  const flow = transport === 'icmp' ? { protocol: 'ICMP', icmp: ICMP_MESSAGE.echoRequest } : { protocol: transport, port }
  return verdictIn(known, (policies) => {
    const pods = podsIn(policies, hosts)
    const between = (from: Endpoint, to: Endpoint) => verdictOf(policies, { from: policyEnd(from, pods), to: policyEnd(to, pods), ...flow })
    const there = between(seenClient, server)
    if (seenServer === server) return there
    const { egress } = between(client, seenServer)
    return { verdict: egress.verdict === 'deny' ? 'deny' : there.ingress.verdict, egress, ingress: there.ingress }
  })
}

/** What policies say about answers whose connection is not remembered, as if the server opened one; undefined where they are not asked. */
export function verdictOfAnswers(
  { atClient, atServer }: KnownPolicies,
  pair: EndPair,
  { transport, hosts }: Pick<AskedFlow, 'transport' | 'hosts'>,
): Verdict | undefined {
  const { client, server, service } = pair
  if (transport === 'icmp' || service !== undefined || isWithinPod(pair)) return undefined
  return verdictIn({ atClient: atServer, atServer: atClient }, (policies) => {
    const pods = podsIn(policies, hosts)
    return verdictOf(policies, { from: policyEnd(server, pods), to: policyEnd(client, pods), protocol: transport, port: LOCAL_PORTS.first })
  })
}

function verdictIn({ atClient, atServer }: KnownPolicies, ask: (view: CompiledPolicies) => Verdict): Verdict | undefined {
  if (atClient === atServer) return atClient && ask(atClient)
  const egress = atClient === undefined ? NO_POLICY : ask(atClient).egress
  const ingress = atServer === undefined ? NO_POLICY : ask(atServer).ingress
  return { verdict: egress.verdict === 'allow' ? ingress.verdict : 'deny', egress, ingress }
}

/** Policies know pods first, then hosts. */
function podsIn({ cluster }: CompiledPolicies, hosts: number): number {
  return cluster.endpoints.length - hosts
}
