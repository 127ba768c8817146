import { asList, asName, asObject, asText, isObject, type Given } from './given'
import type { NamespaceOutline, ObjectId, PolicyOutline, ServiceOutline, WorkloadOutline } from './outline'
import type { Register, Entry } from './register'

/** Kinds of objects that are policies, and whether they are of the whole cluster. */
const POLICY_KINDS: Readonly<Record<string, { readonly clusterWide: boolean }>> = {
  NetworkPolicy: { clusterWide: false },
  AdminNetworkPolicy: { clusterWide: true },
  BaselineAdminNetworkPolicy: { clusterWide: true },
  ClusterNetworkPolicy: { clusterWide: true },
  GlobalNetworkPolicy: { clusterWide: true },
  CiliumNetworkPolicy: { clusterWide: false },
  CiliumClusterwideNetworkPolicy: { clusterWide: true },
}

/** Reads the services and policies among the manifests, with the workloads that they select. */
export function readObjects(register: Register, manifests: readonly Entry[], workloads: readonly WorkloadOutline[]): {
  readonly services: readonly ServiceOutline[]
  readonly policies: readonly PolicyOutline[]
} {
  return {
    services: manifests.filter(({ given }) => given['kind'] === 'Service').map((entry) => readService(register, entry, workloads)),
    policies: manifests
      .filter(({ given }) => Object.hasOwn(POLICY_KINDS, asText(given['kind'])))
      .map((entry) => readPolicy(register, entry, workloads)),
  }
}

function common({ given, path }: Entry) {
  const metadata = asObject(given['metadata'])
  const name = asText(metadata['name'])
  const namespace = asText(metadata['namespace'], 'default')
  const key = `${asText(given['kind'])} ${namespace}/${name}`
  return { object: { name, path, given, element: { kind: 'object', name: key } as const }, namespace, key }
}

function readService(register: Register, entry: Entry, workloads: readonly WorkloadOutline[]): ServiceOutline {
  const { object, namespace } = common(entry)
  const spec = asObject(entry.given['spec'])
  const ports = asList(spec['ports']).map(asObject).map((port) => [asText(port['port']), asText(port['targetPort'])].filter(Boolean).join(' → '))
  const selector = asObject(spec['selector'])
  const selects = Object.keys(selector).length === 0 ? [] : workloads.filter((workload) => workload.namespace === namespace && hasLabels(workload, selector))
  return register.add<ServiceOutline>(
    { ...object, kind: 'service', namespace, ports: ports.join(', '), selects: selects.map(({ id }) => id) },
    `${namespace}/${object.name}`,
  )
}

function readPolicy(register: Register, entry: Entry, workloads: readonly WorkloadOutline[]): PolicyOutline {
  const { object, namespace, key } = common(entry)
  const dialect = asText(entry.given['kind'])
  const clusterWide = POLICY_KINDS[dialect]?.clusterWide === true
  const around = workloads.filter((workload) => clusterWide || workload.namespace === namespace)
  return register.add<PolicyOutline>({
    ...object, kind: 'policy', dialect, namespace: clusterWide ? undefined : namespace,
    selects: selectedBy(asObject(entry.given['spec']), around),
  }, key)
}

/** The workloads that a policy's subject names by labels; undefined where it is written in another form. */
function selectedBy(spec: Given, around: readonly WorkloadOutline[]): readonly ObjectId[] | undefined {
  const subject = asObject(spec['subject'])
  const selector = spec['podSelector'] ?? spec['endpointSelector'] ?? asObject(subject['pods'])['podSelector'] ?? (isObject(subject['namespaces']) ? {} : undefined)
  // Calico writes selectors as texts of a language of its own.
  if (!isObject(selector)) return typeof spec['selector'] === 'string' ? selectedByText(spec['selector'], around) : undefined
  if (asList(selector['matchExpressions']).length > 0) return undefined
  return around.filter((workload) => hasLabels(workload, asObject(selector['matchLabels']))).map(({ id }) => id)
}

/** Of Calico's language, what most selectors are made of: `all()`, and `key == 'value'` joined by `&&`. */
function selectedByText(selector: string, around: readonly WorkloadOutline[]): readonly ObjectId[] | undefined {
  const labels: Record<string, string> = {}
  for (const term of selector.split('&&').map((part) => part.trim())) {
    if (term === 'all()' || term === '') continue
    const match = /^([\w./-]+)\s*==\s*(?:'([^']*)'|"([^"]*)")$/u.exec(term)
    if (match === null) return undefined
    labels[match[1]!] = match[2] ?? match[3] ?? ''
  }
  return around.filter((workload) => hasLabels(workload, labels)).map(({ id }) => id)
}

/** Labels of Cilium may say where they come from; those of pods are of source `k8s` or `any`. */
function hasLabels({ given }: WorkloadOutline, wanted: Given): boolean {
  const labels = asObject(given['labels'])
  return Object.entries(wanted).every(([key, value]) => asName(labels[key.replace(/^(?:k8s|any)[:.]/u, '')]) === asName(value))
}

/** Reads the namespaces of the list, and those that something is in without their being listed. */
export function readNamespaces(
  register: Register,
  listed: readonly Entry[],
  members: readonly { readonly namespace: string | undefined }[],
): readonly NamespaceOutline[] {
  const add = (name: string, entry: Pick<Entry, 'given' | 'path'>, isListed: boolean): NamespaceOutline =>
    register.add<NamespaceOutline>({ kind: 'namespace', name, ...entry, element: { kind: 'namespace', name }, isListed }, name)
  const found = listed.map(({ given, path }) => add(asText(given['name']), { given, path }, true))
  const names = new Set(found.map(({ name }) => name))
  const implied = new Set(members.flatMap(({ namespace }) => (namespace === undefined || names.has(namespace) ? [] : [namespace])))
  return [...found, ...[...implied].map((name) => add(name, { given: {}, path: ['spec', 'cluster', 'namespaces'] }, false))]
}
