import { ipv4PrefixCovers, type Ipv4Prefix } from '#shared/units/index'

import type { PrefixRule } from './config'

/** Whether rules let a prefix through: the first that matches decides, without one it passes. */
export function permits(rules: readonly PrefixRule[], prefix: Ipv4Prefix): boolean {
  return rules.find((rule) => matches(rule, prefix))?.action !== 'Reject'
}

function matches({ operator, cidr }: PrefixRule, prefix: Ipv4Prefix): boolean {
  const equal = cidr.network === prefix.network && cidr.length === prefix.length
  switch (operator) {
    case 'Equal':
      return equal
    case 'NotEqual':
      return !equal
    case 'In':
      return ipv4PrefixCovers(cidr, prefix)
    case 'NotIn':
      return !ipv4PrefixCovers(cidr, prefix)
  }
}
