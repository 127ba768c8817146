import { isList, isMapping, valueAt, type PlainValue } from '#shared/lab/change/plain-value'
import { parsePath, type Lab } from '#shared/lab/index'

import { compileObjects, manifestObjects, objectTitle, verdictSteps, type Decision, type Flow, type VariantPolicies } from '../policy/index'
import { inlineYaml } from './rule-texts'

/** Lists of which any entry lets a rule match. */
const PEER_LISTS = [
  'from', 'to', 'fromEndpoints', 'toEndpoints', 'fromEntities', 'toEntities', 'fromCIDR', 'toCIDR', 'fromCIDRSet', 'toCIDRSet', 'toFQDNs',
]

/** Objects that peers of policies refer to. */
const REFERRED = ['Tier', 'NetworkSet', 'GlobalNetworkSet', 'CiliumCIDRGroup']

/** Answers which of a rule's peers a connection matched. */
export type MatchedPeers = (by: Decision, direction: 'egress' | 'ingress', flow: Flow) => string | undefined

/**
 * Answers by which of its peers a rule matched a connection, as `from[1] {podSelector: …}`: the policy is read once more with
 * each of them alone, in a cluster of the two ends. Undefined for defaults, and for rules with one peer or none.
 */
export function matchedPeers(lab: Lab, { dialect, compiled: { cluster } }: Pick<VariantPolicies, 'dialect' | 'compiled'>): MatchedPeers {
  return (by, direction, flow) => {
    if (dialect === undefined || 'default' in by) return undefined
    const objects = manifestObjects(lab)
    const path = parsePath(by.rule)
    const object = objects.find((candidate) => objectTitle(candidate) === by.object && valueAt(candidate, path) !== undefined)
    const rule = object === undefined ? undefined : valueAt(object, path)
    const key = PEER_LISTS.find((name) => (listIn(rule, name)?.length ?? 0) > 1)
    if (object === undefined || key === undefined) return undefined
    const ends = { ...cluster, services: [], endpoints: [cluster.endpoints[flow.from]!, cluster.endpoints[flow.to]!] }
    const referred = objects.filter(({ kind }) => REFERRED.includes(kind))
    const matching = listIn(rule, key)!.flatMap((peer, index) => {
      const alone = structuredClone(object)
      Object.assign(valueAt(alone, path) as object, { [key]: [peer] })
      const compiled = compileObjects(ends, [...referred, alone], dialect)
      const isMatched = verdictSteps(compiled, direction, { ...flow, from: 0, to: 1 })
        .some((step) => step.action !== undefined && 'rule' in step.by && step.by.object === by.object && step.by.rule === by.rule)
      return isMatched ? [`${key}[${index}] ${inlineYaml(peer)}`] : []
    })
    return matching.length === 0 ? undefined : matching.join(' and ')
  }
}

function listIn(rule: PlainValue | undefined, name: string): readonly PlainValue[] | undefined {
  const list = isMapping(rule) ? rule[name] : undefined
  return isList(list) ? list : undefined
}
