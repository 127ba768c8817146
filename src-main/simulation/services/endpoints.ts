import type { Lab } from '#shared/lab/index'

import { isObject, objectsOf } from '../kubernetes/field-reader'
import { namespaceOf, type ApiObject } from '../kubernetes/object'
import type { Pod } from '../kubernetes/pods'
import { READY, type Backend, type Service } from './service'

type Fields = Readonly<Record<string, unknown>>

/** The label by which a node says in which zone it is. */
const ZONE_LABEL = 'topology.kubernetes.io/zone'
/** The label by which an EndpointSlice says whose it is. */
export const SERVICE_LABEL = 'kubernetes.io/service-name'

/** The zone of each of a lab's nodes. */
export function nodeZones({ nodes }: Pick<Lab, 'nodes'>): (string | undefined)[] {
  return nodes.map(({ labels }) => labels[ZONE_LABEL])
}

/** What a service's backends are found in. */
export interface EndpointPlaces {
  readonly lab: Lab
  readonly pods: readonly Pod[]
  /** The lab's EndpointSlices. */
  readonly slices: readonly ApiObject[]
}

/** A port of a Service's spec. */
export interface PortSpec {
  readonly name: string | undefined
  readonly target: number | string
}

/**
 * Who answers at a service's port: the pods that it selects, else those that its EndpointSlices name (`targetRef`). What
 * slices say of a pod's condition and of the zones and nodes that it is for holds; without them pods are ready, and the
 * hints are those that the endpoint controller writes for the service's traffic distribution (KEP-4444, KEP-3015).
 */
export class Endpoints {
  private readonly places: EndpointPlaces
  private readonly zones: readonly (string | undefined)[]
  private readonly byReference: ReadonlyMap<string, number>

  constructor(places: EndpointPlaces) {
    this.places = places
    this.zones = nodeZones(places.lab)
    this.byReference = new Map(places.pods.map(({ reference }, index) => [reference, index]))
  }

  /** The backends of a port. */
  of(service: ApiObject, distribution: Service['distribution'], port: PortSpec): Backend[] {
    const namespace = namespaceOf(service)
    const sliced = this.sliced(namespace, service.metadata.name)
    const selected = this.selected(service, namespace)
    const pods = selected.length > 0 ? selected : [...sliced.keys()]
    return pods.flatMap((pod): Backend[] => {
      const entry = sliced.get(pod)
      const number = this.portOf(pod, port, entry)
      if (number === undefined) return []
      const hints = entry?.hints ?? this.controllerHints(distribution, pod)
      return [{ pod, port: number, conditions: entry?.conditions ?? READY, zones: hints.zones, nodes: hints.nodes }]
    })
  }

  private selected(service: ApiObject, namespace: string): number[] {
    const spec = service['spec']
    const selector = isObject(spec) && isObject(spec['selector']) ? Object.entries(spec['selector']) : []
    if (selector.length === 0) return []
    return this.places.pods.flatMap((pod, index) =>
      pod.namespace === namespace && selector.every(([key, value]) => pod.labels[key] === value) ? [index] : [],
    )
  }

  private portOf(pod: number, { name, target }: PortSpec, entry: SlicedEndpoint | undefined): number | undefined {
    if (typeof target === 'number') return entry?.ports.get(name ?? '') ?? target
    return this.places.pods[pod]!.ports.find((port) => port.name === target)?.port ?? entry?.ports.get(name ?? '')
  }

  /** The endpoints that slices name, by pod. */
  private sliced(namespace: string, service: string): Map<number, SlicedEndpoint> {
    const own = this.places.slices.filter((slice) => namespaceOf(slice) === namespace && slice.metadata.labels?.[SERVICE_LABEL] === service)
    return new Map(
      own.flatMap((slice) =>
        objectsOf(slice['endpoints']).flatMap((endpoint): [number, SlicedEndpoint][] => {
          const target = isObject(endpoint['targetRef']) ? String(endpoint['targetRef']['name']) : ''
          const pod = this.byReference.get(`${namespace}/${target}`)
          return pod === undefined ? [] : [[pod, slicedEndpoint(endpoint, slice)]]
        }),
      ),
    )
  }

  private controllerHints(distribution: Service['distribution'], pod: number): Hints {
    if (distribution === undefined) return NO_HINTS
    const { node } = this.places.pods[pod]!
    const zone = this.zones[node]
    return {
      zones: zone === undefined ? undefined : [zone],
      nodes: distribution === 'PreferSameNode' ? [this.places.lab.nodes[node]!.name] : undefined,
    }
  }
}

interface Hints {
  readonly zones: readonly string[] | undefined
  readonly nodes: readonly string[] | undefined
}

const NO_HINTS: Hints = { zones: undefined, nodes: undefined }

interface SlicedEndpoint extends Pick<Backend, 'conditions'> {
  readonly hints: Hints
  /** By the port's name, which is empty where the service has one port only. */
  readonly ports: ReadonlyMap<string, number>
}

/** An endpoint of a slice; conditions that are not given are those of a ready one (discovery.k8s.io/v1). */
function slicedEndpoint(endpoint: Fields, slice: ApiObject): SlicedEndpoint {
  const given = isObject(endpoint['conditions']) ? endpoint['conditions'] : {}
  const hints = isObject(endpoint['hints']) ? endpoint['hints'] : {}
  const ready = given['ready'] !== false
  return {
    conditions: { ready, serving: given['serving'] === undefined ? ready : given['serving'] === true, terminating: given['terminating'] === true },
    hints: { zones: namesOf(hints['forZones']), nodes: namesOf(hints['forNodes']) },
    ports: new Map(
      objectsOf(slice['ports']).flatMap(({ name, port }): [string, number][] =>
        typeof port === 'number' ? [[typeof name === 'string' ? name : '', port]] : [],
      ),
    ),
  }
}

function namesOf(list: unknown): string[] | undefined {
  const names = objectsOf(list).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  return names.length === 0 ? undefined : names
}
