import { ipv4PrefixCovers, type Ipv4Prefix } from '#shared/units/index'

import type { PrefixRule } from './config'

/** What rules say about a route: the first that matches decides; undefined where none does. */
export function decisionOf(rules: readonly PrefixRule[], prefix: Ipv4Prefix, isLearned: boolean): PrefixRule['action'] | undefined {
  return rules.find((rule) => matches(rule, prefix, isLearned))?.action
}

function matches({ match, lengths, learnedOnly }: PrefixRule, prefix: Ipv4Prefix, isLearned: boolean): boolean {
  if (learnedOnly && !isLearned) return false
  if (prefix.length < lengths[0] || prefix.length > lengths[1]) return false
  if (match === undefined) return true
  const { operator, cidr } = match
  const isEqual = cidr.network === prefix.network && cidr.length === prefix.length
  switch (operator) {
    case 'Equal':
      return isEqual
    case 'NotEqual':
      return !isEqual
    case 'In':
      return ipv4PrefixCovers(cidr, prefix)
    case 'NotIn':
      return !ipv4PrefixCovers(cidr, prefix)
  }
}
