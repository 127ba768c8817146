import type { CalicoSettings } from '#shared/lab/index'

import type { ForwardPaths } from '../common/bare-connection'
import type { Datapath } from '../common/datapath'
import { upTo } from '../common/path'

/**
 * What Calico's nodes make of packets to announced addresses of load balancers that no service has. Felix drops them in FORWARD
 * (`serviceLoopPrevention`; felix/rules/static.go, the chain cali-cidr-block); otherwise they follow the default route, back to
 * the router that has just sent them. Undefined where no range is announced.
 */
export function straysOf({ bgpConfiguration, felixConfiguration }: CalicoSettings, { arrives, leaves }: ForwardPaths): Datapath['strays'] {
  const ranges = bgpConfiguration.serviceLoadBalancerIPs.map(({ cidr }) => cidr)
  if (ranges.length === 0) return undefined
  const path = [...arrives, ...leaves]
  if (felixConfiguration.serviceLoopPrevention === 'Disabled') return { ranges, way: { path, end: 'back' } }
  return { ranges, way: { path: upTo(path, 'nf-forward', 'with'), end: { drop: 'service-loop' } } }
}
