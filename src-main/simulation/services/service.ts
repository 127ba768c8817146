import type { Ipv4Address } from '#shared/units/index'

import type { Labels } from '../kubernetes/label-selector'

/** What a Service promises to answer at. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

/** A Service of the cluster. */
export interface Service {
  /** `namespace/name`. */
  readonly reference: string
  readonly labels: Labels
  readonly type: ServiceType
  /** Its address; undefined for headless ones, whose name stands for the pods themselves. */
  readonly address: Ipv4Address | undefined
  /** Addresses that nodes announce to the outside: its load balancer's first, then its external addresses. */
  readonly externalAddresses: readonly Ipv4Address[]
  readonly ports: readonly ServicePort[]
  /** Whether all connections of a client go to one backend (`sessionAffinity: ClientIP`). */
  readonly hasAffinity: boolean
  /** How long a client's backend is remembered after its last connection. */
  readonly affinitySeconds: number
  /** Whether clients inside the cluster reach backends on their own node only (`internalTrafficPolicy: Local`). */
  readonly isLocal: boolean
  /** Whether what comes from outside reaches backends on the node where it arrives only (`externalTrafficPolicy: Local`). */
  readonly isExternalLocal: boolean
  /** Port at which a load balancer asks a node whether it has backends; of a load balancer with local traffic only. */
  readonly healthCheckNodePort: number | undefined
  /** Whether clients from outside are limited to some addresses (`loadBalancerSourceRanges`), which has no model. */
  readonly hasSourceRanges: boolean
  /** Which backends are preferred (`trafficDistribution`; PreferClose is the older name of PreferSameZone). */
  readonly distribution: 'PreferSameZone' | 'PreferSameNode' | undefined
}

/** A port of a service, and who answers there. */
export interface ServicePort {
  readonly port: number
  readonly protocol: string
  /** The port at which every node answers; undefined where none does. */
  readonly nodePort: number | undefined
  readonly backends: readonly Backend[]
}

/** A pod that answers, and the port that it listens on. */
export interface Backend {
  /** Index of the pod. */
  readonly pod: number
  readonly port: number
  /** What the EndpointSlice says of it; a lab's pods are ready unless one says otherwise. */
  readonly conditions: EndpointConditions
  /** Zones and nodes whose clients it is meant for; undefined where its EndpointSlice has no such hint. */
  readonly zones: readonly string[] | undefined
  readonly nodes: readonly string[] | undefined
}

/** Conditions of an endpoint (discovery.k8s.io/v1, EndpointConditions). */
export interface EndpointConditions {
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
}

/** Of pods that nothing is wrong with. */
export const READY: EndpointConditions = { ready: true, serving: true, terminating: false }

/** An address and port at which a service is asked. */
export interface Frontend {
  readonly kind: 'cluster' | 'external' | 'node-port'
  readonly address: Ipv4Address
  readonly port: number
}
