import type { PlainMapping } from '../change/plain-value'

/** An end of connections that a policy is to be about. */
export type PolicyEnd =
  | { readonly kind: 'workload'; readonly namespace: string; readonly name: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'external'; readonly name: string; readonly address: string }

/** A port that connections are made to. */
export interface PolicyPort {
  readonly port: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
}

/** Whose policies are written: Kubernetes' own, which every plugin with policies reads, Calico's or Cilium's. */
export type PolicyDialect = 'kubernetes' | 'calico' | 'cilium'

/** What policies are to say: connections from any of some ends to any of others, at any of some ports. */
export interface PolicyWish {
  readonly dialect: PolicyDialect
  readonly action: 'allow' | 'deny'
  readonly from: readonly PolicyEnd[]
  readonly to: readonly PolicyEnd[]
  /** Empty: at any port. */
  readonly ports: readonly PolicyPort[]
}

/** The objects that a wish comes to, or why there are none. */
export type WishedPolicies = { readonly objects: readonly (PlainMapping & { readonly kind: string })[] } | { readonly problem: string }

type PodEnd = Exclude<PolicyEnd, { readonly kind: 'external' }>

/** One object to be written: the pods that it is about, and the other ends. */
interface Part {
  readonly subject: PodEnd
  readonly peers: readonly PolicyEnd[]
  readonly direction: 'ingress' | 'egress'
}

/** Orders of Calico's policies: before Kubernetes' own (1000), denials first. */
const ORDER = { deny: 100, allow: 200 } as const

/** The label by which Cilium tells a pod's namespace. */
const CILIUM_NAMESPACE = 'k8s:io.kubernetes.pod.namespace'

/** Writes policies: an object for each end that is connected to, and for hosts outside one for each end that connects to them. */
export function wishedPolicies(wish: PolicyWish): WishedPolicies {
  const problem = whyNot(wish)
  if (problem !== undefined) return { problem }
  const outside = wish.to.filter(({ kind }) => kind === 'external')
  const parts: readonly Part[] = [
    ...wish.to.filter(isPods).map((subject): Part => ({ subject, peers: wish.from, direction: 'ingress' })),
    ...(outside.length === 0 ? [] : wish.from.filter(isPods).map((subject): Part => ({ subject, peers: outside, direction: 'egress' }))),
  ]
  return { objects: parts.map((part) => WRITERS[wish.dialect](part, wish)) }
}

function whyNot({ dialect, action, from, to }: PolicyWish): string | undefined {
  if (from.length === 0) return 'Choose who connects.'
  if (to.length === 0) return 'Choose whom they connect to.'
  if (dialect === 'kubernetes' && action === 'deny') return 'A NetworkPolicy only allows: write one for those that may connect, or use Calico’s or Cilium’s policies.'
  if (from.every(({ kind }) => kind === 'external') && to.every(({ kind }) => kind === 'external')) return 'Policies are about pods; choose pods at one end.'
  const nameless = [...from, ...to].find((end) => end.kind === 'workload' && Object.keys(end.labels).length === 0)
  return nameless === undefined ? undefined : `${nameless.name} has no labels to select it by.`
}

function isPods(end: PolicyEnd): end is PodEnd {
  return end.kind !== 'external'
}

const WRITERS: Readonly<Record<PolicyDialect, (part: Part, wish: PolicyWish) => PlainMapping & { readonly kind: string }>> = {
  kubernetes: (part, { ports }) => {
    const side = part.direction === 'ingress' ? 'from' : 'to'
    const rule = { [side]: part.peers.map((peer) => kubernetesPeer(peer, namespaceOf(part.subject))), ...(ports.length === 0 ? {} : { ports: ports.map(({ port, protocol }) => ({ protocol, port })) }) }
    return object('networking.k8s.io/v1', 'NetworkPolicy', part, 'allow', {
      podSelector: part.subject.kind === 'namespace' ? {} : { matchLabels: part.subject.labels },
      policyTypes: [part.direction === 'ingress' ? 'Ingress' : 'Egress'],
      [part.direction]: [rule],
    })
  },
  calico: (part, { action, ports }) => {
    const protocols = [...new Set(ports.map(({ protocol }) => protocol))]
    const destinations = protocols.length === 0
      ? [{}]
      : protocols.map((protocol) => ({ protocol, ports: ports.filter((port) => port.protocol === protocol).map(({ port }) => port) }))
    const rules = part.peers.flatMap((peer) => destinations.map((at) => calicoRule(part, peer, action, at)))
    return object('projectcalico.org/v3', 'NetworkPolicy', part, action, {
      order: ORDER[action],
      selector: part.subject.kind === 'namespace' ? 'all()' : calicoSelector(part.subject.labels),
      types: [part.direction === 'ingress' ? 'Ingress' : 'Egress'],
      [part.direction]: rules,
    })
  },
  cilium: (part, { action, ports }) => {
    const side = part.direction === 'ingress' ? 'from' : 'to'
    const toPorts = ports.length === 0 ? {} : { toPorts: [{ ports: ports.map(({ port, protocol }) => ({ port: String(port), protocol })) }] }
    const pods = part.peers.filter(isPods)
    const outside = part.peers.flatMap((peer) => (peer.kind === 'external' ? [`${peer.address}/32`] : []))
    const rules = [
      ...(pods.length === 0 ? [] : [{ [`${side}Endpoints`]: pods.map((peer) => ({ matchLabels: ciliumLabels(peer, namespaceOf(part.subject)) })), ...toPorts }]),
      ...(outside.length === 0 ? [] : [{ [`${side}CIDR`]: outside, ...toPorts }]),
    ]
    return object('cilium.io/v2', 'CiliumNetworkPolicy', part, action, {
      endpointSelector: part.subject.kind === 'namespace' ? {} : { matchLabels: part.subject.labels },
      // What is denied is denied; nothing else becomes so because of it.
      ...(action === 'deny' ? { enableDefaultDeny: { ingress: false, egress: false } } : {}),
      [action === 'deny' ? `${part.direction}Deny` : part.direction]: rules,
    })
  },
}

function object(apiVersion: string, kind: string, { subject, peers, direction }: Part, action: PolicyWish['action'], spec: PlainMapping): PlainMapping & { readonly kind: string } {
  const others = peers.length === 1 ? peers[0]!.name : 'several'
  const [from, to] = direction === 'ingress' ? [others, subject.name] : [subject.name, others]
  return { apiVersion, kind, metadata: { name: `${action}-${from}-to-${to}`.slice(0, 63).replace(/[^a-z\d]+$/u, ''), namespace: namespaceOf(subject) }, spec }
}

function namespaceOf(end: PodEnd): string {
  return end.kind === 'namespace' ? end.name : end.namespace
}

function kubernetesPeer(peer: PolicyEnd, ownNamespace: string): PlainMapping {
  if (peer.kind === 'external') return { ipBlock: { cidr: `${peer.address}/32` } }
  const namespace = namespaceOf(peer)
  return {
    ...(namespace === ownNamespace && peer.kind === 'workload' ? {} : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
    ...(peer.kind === 'workload' ? { podSelector: { matchLabels: peer.labels } } : {}),
  }
}

function calicoRule({ subject, direction }: Part, peer: PolicyEnd, action: PolicyWish['action'], { protocol, ports }: { readonly protocol?: string; readonly ports?: readonly number[] }): PlainMapping {
  const entity = calicoEntity(peer, namespaceOf(subject))
  const [source, destination] = direction === 'ingress' ? [entity, {}] : [{}, entity]
  const to = { ...destination, ...(ports === undefined ? {} : { ports }) }
  return {
    action: action === 'deny' ? 'Deny' : 'Allow',
    ...(protocol === undefined ? {} : { protocol }),
    ...(Object.keys(source).length === 0 ? {} : { source }),
    ...(Object.keys(to).length === 0 ? {} : { destination: to }),
  }
}

function calicoEntity(peer: PolicyEnd, ownNamespace: string): PlainMapping {
  if (peer.kind === 'external') return { nets: [`${peer.address}/32`] }
  const namespace = namespaceOf(peer)
  return {
    ...(peer.kind === 'workload' ? { selector: calicoSelector(peer.labels) } : {}),
    ...(namespace === ownNamespace && peer.kind === 'workload' ? {} : { namespaceSelector: calicoSelector({ 'kubernetes.io/metadata.name': namespace }) }),
  }
}

function calicoSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key} == '${value}'`).join(' && ')
}

function ciliumLabels(peer: PodEnd, ownNamespace: string): PlainMapping {
  const namespace = namespaceOf(peer)
  const labels = peer.kind === 'workload' ? peer.labels : {}
  return namespace === ownNamespace && peer.kind === 'workload' ? labels : { ...labels, [CILIUM_NAMESPACE]: namespace }
}
