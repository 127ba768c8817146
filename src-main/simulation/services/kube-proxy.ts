import type { Backend, Frontend, Service, ServicePort } from './service'

/** How kube-proxy programs the kernel. */
export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables'

/** A connection to a service, as far as it decides which rules it meets. */
export interface TriedFrontend {
  readonly service: Service
  readonly port: ServicePort
  readonly kind: Frontend['kind']
  /** The backends that it may get, and the one that it gets; undefined where it gets none. */
  readonly usable: readonly Backend[]
  readonly backend: Backend | undefined
}

/** Lookups in maps or sets that take the place of rules: the service, its chain or scheduler, the translation. */
const MAPPED_RULES = 3
/** In KUBE-EXT with the policy Cluster: the mark for masquerading and its jump, the jump to the service's chain. */
const EXTERNAL_RULES = 3
/** In KUBE-EXT with the policy Local: sources inside the cluster, sources on the node twice, the jump to KUBE-SVL. */
const EXTERNAL_LOCAL_RULES = 4

/**
 * Rules that the first packet of a connection to a service is tried against.
 * - iptables: KUBE-SERVICES up to the rule of the address (of a node's port all of it, then KUBE-NODEPORTS up to the
 *   port's); for an outside address the rules of KUBE-EXT; in the service's chain the one for outside sources, then one for
 *   each backend up to the chosen one (with affinity one more for each); in the backend's chain the one for hairpins, then DNAT.
 * - nftables: a map finds the service, a map the backend, a rule translates.
 * - ipvs: a set and a hash table find the service, the scheduler the backend.
 * (kubernetes, pkg/proxy/iptables/proxier.go; KEP-3866.)
 */
export function rulesTried(mode: KubeProxyMode, services: readonly Service[], tried: TriedFrontend): number {
  if (mode !== 'iptables') return MAPPED_RULES
  const { service, port, kind, usable, backend } = tried
  const outside = kind === 'cluster' ? 0 : service.isExternalLocal ? EXTERNAL_LOCAL_RULES : EXTERNAL_RULES
  const arrived = positionOf(services, service, port, kind) + outside
  if (backend === undefined) return arrived
  const affinity = service.hasAffinity ? usable.length : 0
  return arrived + 1 + affinity + (usable.indexOf(backend) + 1) + 2
}

/** How many rules are tried up to the one that jumps to the service's chains. */
function positionOf(services: readonly Service[], service: Service, port: ServicePort, kind: Frontend['kind']): number {
  const before = sum(services.slice(0, services.indexOf(service)), addressRules) + service.ports.indexOf(port) * addressesOf(service)
  switch (kind) {
    case 'cluster':
      return before + 1
    case 'external':
      return before + addressesOf(service)
    case 'node-port': {
      const ports = services.flatMap((each) => each.ports).filter(({ nodePort }) => nodePort !== undefined)
      // Behind all addresses, the rule for the node's own.
      return sum(services, addressRules) + 1 + ports.indexOf(port) + 1
    }
  }
}

/** Addresses at which each port of a service has a rule in KUBE-SERVICES. */
function addressesOf({ address, externalAddresses }: Service): number {
  return (address === undefined ? 0 : 1) + externalAddresses.length
}

function addressRules(service: Service): number {
  return addressesOf(service) * service.ports.length
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

/**
 * Rules in the nat table of a node for all services (iptables), or entries of maps and chains. Of services with local
 * traffic only the rules that every node has; the jumps to backends on the node itself come on top.
 */
export function ruleCount(mode: KubeProxyMode, services: readonly Service[]): number {
  const answering = services.filter(({ address }) => address !== undefined)
  return sum(answering, (service) =>
    sum(service.ports, ({ backends, nodePort }) => {
      const outside = service.externalAddresses.length + (nodePort === undefined ? 0 : 1)
      return RULES_OF_PORT[mode]({ backends: backends.length, outside, service })
    }),
  )
}

interface CountedPort {
  readonly service: Service
  readonly backends: number
  /** Addresses and ports of nodes that the outside asks at. */
  readonly outside: number
}

const RULES_OF_PORT: Readonly<Record<KubeProxyMode, (port: CountedPort) => number>> = {
  // A jump and the rule for outside sources; for each backend a jump, a hairpin rule and DNAT, with affinity one more; for
  // each outside address a jump, and KUBE-EXT once.
  iptables: ({ service, backends, outside }) =>
    2 + backends * (service.hasAffinity ? 4 : 3) + (outside === 0 ? 0 : outside + (service.isExternalLocal ? EXTERNAL_LOCAL_RULES : 2)),
  // A map entry and a chain of two rules; for each backend a map entry and two rules; for each outside address an entry.
  nftables: ({ backends, outside }) => 3 + 3 * backends + (outside === 0 ? 0 : outside + 2),
  // A virtual server and a member of KUBE-CLUSTER-IP; for each backend a real server; both again for each outside address.
  ipvs: ({ backends, outside }) => (2 + backends) * (1 + outside),
}
