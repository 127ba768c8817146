import type { Endpoint } from '../cni/common/index'
import type { AskedService } from './service-directory'

/** Who sends to whom: one pair for each flow of a traffic entry. */
export interface EndPair {
  readonly client: Endpoint
  /** Who answers; of a service without an endpoint that may, the node where that is found out. */
  readonly server: Endpoint
  /** The service that the client asks. */
  readonly service?: AskedService
  /** The same connection of the pod that comes in the client's place, where the entry names their workload. */
  readonly next?: EndPair
}

/** Whether the ends are one pod that knows itself by its own address: nothing leaves it, and no policy is asked. */
export function isWithinPod({ client, server, service }: EndPair): boolean {
  return client.pod >= 0 && client.pod === server.pod && service === undefined
}
