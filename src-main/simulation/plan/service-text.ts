import { formatIpv4Address } from '#shared/units/index'

import type { Pod } from '../kubernetes/index'
import type { Frontend } from '../services/index'
import type { AskedService } from './service-directory'

const PLACES: Readonly<Record<Frontend['kind'], string>> = {
  cluster: 'cluster address',
  external: 'announced address',
  'node-port': 'node port',
}

/** What a service decides about a connection, in words: where it is asked, which backend the connection gets and why. */
export function serviceText({ service, frontend, usable, backend, port }: AskedService, pods: readonly Pod[]): string {
  const where = frontend === undefined ? 'headless' : `${PLACES[frontend.kind]} ${formatIpv4Address(frontend.address)}:${frontend.port}`
  const asked = `Service ${service.reference}, ${where}`
  if (backend === undefined) return `${asked}: traffic stays on its node, which has none of the ${port.backends.length} endpoints`
  const others = port.backends.length - usable.length
  const outOf = `one of ${usable.length}${others === 0 ? '' : `, ${others} more are not for this node`}`
  const how = service.hasAffinity ? 'the client’s (session affinity)' : 'drawn with equal chances'
  return `${asked}: ${pods[backend.pod]!.reference}:${backend.port}, ${usable.length === 1 ? outOf.replace('one of 1', 'the only one') : `${outOf}, ${how}`}`
}
