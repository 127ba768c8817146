import { counted, humanCount } from '../../analysis/index'
import { builtVariants, type BuiltVariant, type Compared } from '../compared'
import { carriersOf, directionsOf, waysBetweenNodes } from '../read-way'
import { grouped, verdictOver, type Claim, type Finding } from './claim'

/** Claims about policies and routes. */
export const CONTROL_CLAIMS: readonly Claim[] = [
  {
    id: 'vxlan-isolates',
    claim: 'VXLAN isolates better.',
    check: checkIsolation,
    turns: 'Its identifier could separate networks, but Calico and Flannel use one for the whole cluster, and Cilium’s carries the sender’s identity, unauthenticated, to save a look-up. Isolation comes from policies at the pods, secrecy from WireGuard or IPsec.',
    toShow: 'Add a variant with VXLAN beside one without, and two pods on different nodes.',
  },
  {
    id: 'bird-route-per-pod',
    claim: 'BIRD adds a route for every pod.',
    check: checkBirdRoutes,
    turns: 'It adds one for each block of addresses, 64 unless set otherwise. An address that is borrowed from another node’s block, or moved live, has a route of its own.',
    toShow: 'Add a Calico variant that distributes routes by BGP: with IPIP, or without encapsulation.',
  },
  {
    id: 'rules-need-services',
    claim: 'Each service slows every connection down.',
    check: checkServices,
    turns: 'In iptables’ chain a connection’s first packet is tried against the rules of all services before its own. Maps of nftables, hash tables of ipvs and eBPF answer at once, however many services there are.',
    toShow: 'Add a variant with kube-proxy beside one without, such as Cilium with kubeProxyReplacement: true.',
  },
]

function checkIsolation(compared: Compared): Finding | null {
  const across = builtVariants(compared).filter(({ facts }) => waysBetweenNodes(facts).length > 0)
  const [tunnelled, others] = [across.filter(isVxlan), across.filter((variant) => !isVxlan(variant))]
  if (tunnelled.length === 0) return null
  const comparable = tunnelled.flatMap((vxlan) => others.filter((other) => other.facts.policies.dialect === vxlan.facts.policies.dialect).map((other) => ({ vxlan, other })))
  return {
    verdict: comparable.some(({ vxlan, other }) => allowed(vxlan) < allowed(other)) ? 'depends' : 'fails',
    evidence: grouped([
      ...tunnelled.map(({ name, facts }) => [name, `${identifierText(facts)}; ${pairsText(facts)}.`] as const),
      ...[...new Set(comparable.map(({ other }) => other))].map(({ name, facts }) => [name, `without VXLAN, ${pairsText(facts)}.`] as const),
    ]),
  }
}

/** The identifiers that both directions carry, and what they are. */
function identifierText(facts: BuiltVariant['facts']): string {
  const directions = waysBetweenNodes(facts).flatMap(directionsOf)
  const identifiers = new Set(directions.flatMap(({ wire }) => wire.flatMap(({ fields }) => fields['vxlan.vni'] ?? [])))
  if (identifiers.size === 0) return 'the identifier is encrypted on the wire'
  return `the identifier on the wire is ${[...identifiers].join(' and ')}, ${facts.cni === 'cilium' ? 'the sender’s identity' : 'the same for the whole cluster'}`
}

function isVxlan({ facts }: BuiltVariant): boolean {
  return waysBetweenNodes(facts).some(({ request }) => carriersOf(request).includes('VXLAN'))
}

function allowed({ facts: { policies } }: BuiltVariant): number {
  return policies.pairs?.allowed ?? 0
}

function pairsText({ policies: { pairs } }: BuiltVariant['facts']): string {
  return pairs === undefined ? 'too many pods to ask all pairs' : `${humanCount(pairs.allowed)} of ${humanCount(pairs.all)} pairs of pods may connect`
}

function checkBirdRoutes(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap(({ name, facts: { controlPlane, sizes } }) => {
    const most = sizes.at(-1)
    if ('refused' in controlPlane || (controlPlane.routes['bird'] ?? 0) === 0 || most === undefined || most.sessionsPerNode === 0) return []
    return [{ name, routes: controlPlane.routes['bird']!, most }]
  })
  if (found.length === 0) return null
  return {
    verdict: found.some(({ most }) => most.routesPerNode >= most.pods) ? 'holds' : 'fails',
    evidence: found.map(({ name, routes, most }) =>
      `${name}: BIRD wrote ${counted(routes, 'route')} on the fullest node for ${counted(compared.facts!.pods, 'pod')}; with ${humanCount(most.nodes)} nodes and ${humanCount(most.pods)} pods a node has ${humanCount(most.routesPerNode)} routes to others.`),
  }
}

function checkServices(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap(({ name, facts: { serviceSizes } }) => {
    const [least, most] = [serviceSizes[0], serviceSizes.at(-1)]
    return least === undefined || most === undefined ? [] : [{ name, least, most }]
  })
  if (found.length === 0) return null
  const grow = found.map(({ least, most }) => (most.rulesTried ?? 0) > (least.rulesTried ?? 0))
  return {
    verdict: verdictOver(grow),
    evidence: grouped(found.map(({ name, least, most }): [string, string] => [name,
      most.rulesTried === undefined
        ? `no rules; ${humanCount(least.mapEntriesPerNode)} map entries with ${humanCount(least.services)} services, ${humanCount(most.mapEntriesPerNode)} with ${humanCount(most.services)}, and one look-up for each.`
        : `the first packet of a connection to the last service tries ${humanCount(least.rulesTried!)} rules with ${humanCount(least.services)} services, ${humanCount(most.rulesTried)} with ${humanCount(most.services)}.`,
    ])),
  }
}
