import type { Endpoint } from '../cni/common/index'
import type { Backend, Service, ServicePort } from '../services/index'

/** Who sends to whom: one pair for each flow of a traffic entry. */
export interface EndPair {
  readonly client: Endpoint
  readonly server: Endpoint
  /** The service that the client asks, whose backend the server is. */
  readonly service?: AskedService
}

/** A service on a connection's way, and the backend that it got. */
export interface AskedService {
  readonly service: Service
  readonly port: ServicePort
  readonly backend: Backend
}
