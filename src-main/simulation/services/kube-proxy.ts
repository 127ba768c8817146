import type { Backend, Service, ServicePort } from './services'

/** How kube-proxy programs the kernel. */
export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables'

/**
 * Rules that the first packet of a connection to a service is tried against.
 * - iptables: KUBE-SERVICES up to the service's own rule; in its chain the one for outside sources, then one for each
 *   backend up to the chosen one (with affinity one more for each); in the backend's chain the one for hairpins, then DNAT.
 * - nftables: a map finds the service, a map the backend, a rule translates.
 * - ipvs: a set and a hash table find the service, the scheduler the backend.
 * (kubernetes, pkg/proxy/iptables/proxier.go; KEP-3866.)
 */
export function rulesTried(
  mode: KubeProxyMode,
  services: readonly Service[],
  service: Service,
  port: ServicePort,
  backend: Backend,
): number {
  if (mode !== 'iptables') return 3
  const before = services.slice(0, services.indexOf(service)).reduce((sum, { address, ports }) => sum + (address === undefined ? 0 : ports.length), 0)
  const position = before + service.ports.indexOf(port) + 1
  const affinity = service.hasAffinity ? port.backends.length : 0
  return position + 1 + affinity + (port.backends.indexOf(backend) + 1) + 2
}

/** Rules in the nat table of a node for all services' cluster addresses (iptables), or entries of maps and chains. */
export function ruleCount(mode: KubeProxyMode, services: readonly Service[]): number {
  const ports = services.filter(({ address }) => address !== undefined).flatMap(({ ports: list, hasAffinity }) =>
    list.map(({ backends }) => ({ backends: backends.length, hasAffinity })),
  )
  const sum = (of: (port: { backends: number; hasAffinity: boolean }) => number): number => ports.reduce((total, port) => total + of(port), 0)
  switch (mode) {
    case 'iptables':
      // A jump and the rule for outside sources; for each backend a jump, a hairpin rule and DNAT, with affinity one more.
      return sum(({ backends, hasAffinity }) => 2 + backends * (hasAffinity ? 4 : 3))
    case 'nftables':
      // A map entry and a chain of two rules; for each backend a map entry and two rules.
      return sum(({ backends }) => 3 + 3 * backends)
    case 'ipvs':
      // A virtual server and a member of KUBE-CLUSTER-IP; for each backend a real server.
      return sum(({ backends }) => 2 + backends)
  }
}
