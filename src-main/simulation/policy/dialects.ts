import { fieldErrorText, isObject, type FieldError } from '../kubernetes/field-reader'
import { groupOf, objectTitle, type ApiObject, type ReadObject } from '../kubernetes/object'
import {
  calicoPolicySet,
  readCalicoPolicy,
  readHostEndpoint,
  readNetworkSet,
  readTier,
  type CalicoHostEndpoint,
  type CalicoNetworkSet,
  type CalicoPolicy,
  type CalicoTier,
} from './calico/index'
import {
  ciliumPolicySet,
  PolicyMaps,
  readCidrGroup,
  readCiliumPolicy,
  type CiliumCidrGroup,
  type CiliumPolicy,
  type EnforcementMode,
  type MapSettings,
} from './cilium/index'
import { compilePolicies, type CompiledPolicies } from './compile-policies'
import { EndpointIndex, type PolicyCluster } from './endpoints'
import {
  kubernetesPolicySet,
  readClusterNetworkPolicy,
  readNetworkPolicy,
  type ClusterNetworkPolicy,
  type NetworkPolicy,
} from './kubernetes/index'

/** Who reads the policies: the API's documentation, Calico or Cilium. */
export type Dialect = 'kubernetes' | 'calico' | 'cilium'

/** Policy objects of all kinds, read. */
export interface PolicyObjects {
  readonly networkPolicies: NetworkPolicy[]
  readonly clusterPolicies: ClusterNetworkPolicy[]
  readonly calicoPolicies: CalicoPolicy[]
  readonly tiers: CalicoTier[]
  readonly networkSets: CalicoNetworkSet[]
  readonly hostEndpoints: CalicoHostEndpoint[]
  readonly ciliumPolicies: CiliumPolicy[]
  readonly cidrGroups: CiliumCidrGroup[]
  /** Objects that the API server would refuse, with its reasons. */
  readonly refused: RefusedObject[]
  /** Objects that change nothing under the dialect, with the reason. */
  readonly unused: UnusedObject[]
}

/** An object that is not valid. */
export interface RefusedObject {
  readonly object: string
  /** The object itself, as it was given. */
  readonly given: ApiObject
  readonly reasons: readonly string[]
  /** The same, with the fields that they are about. */
  readonly errors: readonly FieldError[]
}

/** An object that is not used. */
export interface UnusedObject {
  readonly object: string
  readonly reason: string
}

const KUBERNETES_GROUPS = ['networking.k8s.io', 'policy.networking.k8s.io']
const CLUSTER_POLICY_KINDS = ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']

/**
 * Reads the policy objects among others and leaves out those that a dialect has no use for. What is not valid is refused,
 * and used as far as it can be read all the same: callers decide.
 */
export function readPolicies(objects: readonly ApiObject[], dialect: Dialect): PolicyObjects {
  const read: PolicyObjects = {
    networkPolicies: [], clusterPolicies: [], calicoPolicies: [], tiers: [], networkSets: [], hostEndpoints: [],
    ciliumPolicies: [], cidrGroups: [], refused: [], unused: [],
  }
  for (const object of objects) readInto(read, object, dialect)
  return read
}

/** Whether an object is one that policies are made of. */
export function isPolicyObject(object: ApiObject): boolean {
  return readerOf(object) !== undefined
}

/** Compiles the policies that a dialect makes of the objects. */
export function compileDialect(
  cluster: PolicyCluster,
  objects: PolicyObjects,
  dialect: Dialect,
  mode: EnforcementMode = 'default',
  maps?: MapSettings,
): CompiledPolicies {
  const index = new EndpointIndex(cluster)
  switch (dialect) {
    case 'kubernetes':
      return compilePolicies(cluster, kubernetesPolicySet(index, objects))
    case 'calico':
      return compilePolicies(cluster, calicoPolicySet(index, { ...objects, policies: objects.calicoPolicies }))
    case 'cilium': {
      const set = ciliumPolicySet(index, { ...objects, policies: objects.ciliumPolicies }, mode)
      return { ...compilePolicies(cluster, set), ...(maps !== undefined && { maps: new PolicyMaps(index, set, maps) }) }
    }
  }
}

/** Reads objects and compiles what a dialect makes of them. */
export function compileObjects(cluster: PolicyCluster, objects: readonly ApiObject[], dialect: Dialect): CompiledPolicies {
  return compileDialect(cluster, readPolicies(objects, dialect), dialect)
}

type Reader = (read: PolicyObjects) => void

function readInto(read: PolicyObjects, object: ApiObject, dialect: Dialect): void {
  const reader = readerOf(object)
  if (reader === undefined) return
  const reason = whyUnused(object, dialect)
  if (reason !== undefined) read.unused.push({ object: objectTitle(object), reason })
  else reader(read)
}

/** How an object is read; undefined for kinds that are no policies. */
function readerOf(object: ApiObject): Reader | undefined {
  const group = groupOf(object)
  const { kind } = object
  if (group === 'networking.k8s.io' && kind === 'NetworkPolicy') {
    return (read) => keep(read, object, readNetworkPolicy, read.networkPolicies)
  }
  if (group === 'policy.networking.k8s.io' && CLUSTER_POLICY_KINDS.includes(kind)) {
    return (read) => keep(read, object, readClusterNetworkPolicy, read.clusterPolicies)
  }
  if (group === 'projectcalico.org' || group === 'crd.projectcalico.org') return calicoReader(object)
  if (group !== 'cilium.io') return undefined
  if (kind === 'CiliumNetworkPolicy' || kind === 'CiliumClusterwideNetworkPolicy') {
    return (read) => {
      keep(read, object, readCiliumPolicy, read.ciliumPolicies)
      const ofNodes = read.ciliumPolicies.at(-1)!.specs.filter(({ subject }) => subject === undefined).length
      if (ofNodes > 0) read.unused.push({ object: objectTitle(object), reason: 'policies of nodes need the host firewall, which is off' })
    }
  }
  return kind === 'CiliumCIDRGroup' ? (read) => keep(read, object, readCidrGroup, read.cidrGroups) : undefined
}

function calicoReader(object: ApiObject): Reader | undefined {
  switch (object.kind) {
    case 'NetworkPolicy':
    case 'GlobalNetworkPolicy':
      return (read) => keep(read, object, readCalicoPolicy, read.calicoPolicies)
    case 'Tier':
      return (read) => keep(read, object, readTier, read.tiers)
    case 'NetworkSet':
    case 'GlobalNetworkSet':
      return (read) => keep(read, object, readNetworkSet, read.networkSets)
    case 'HostEndpoint':
      return (read) => keep(read, object, readHostEndpoint, read.hostEndpoints)
    case 'StagedNetworkPolicy':
    case 'StagedGlobalNetworkPolicy':
      return (read) => keep(read, object, readCalicoPolicy, [])
    case 'StagedKubernetesNetworkPolicy':
      return (read) => keep(read, object, readStagedKubernetes, [])
    default:
      return undefined
  }
}

function readStagedKubernetes(object: ApiObject): ReadObject<NetworkPolicy> {
  const { spec } = object
  if (!isObject(spec)) return readNetworkPolicy(object)
  const { stagedAction: _, ...plain } = spec
  return readNetworkPolicy({ ...object, spec: plain })
}

function keep<Content>(
  read: PolicyObjects,
  object: ApiObject,
  reader: (object: ApiObject) => ReadObject<Content>,
  list: Content[],
): void {
  const { content, errors } = reader(object)
  if (errors.length > 0) read.refused.push({ object: objectTitle(object), given: object, reasons: errors.map(fieldErrorText), errors })
  list.push(content)
}

function whyUnused(object: ApiObject, dialect: Dialect): string | undefined {
  const group = groupOf(object)
  if (object.kind.startsWith('Staged') && dialect === 'calico') return undefined
  if (KUBERNETES_GROUPS.includes(group)) {
    const isAdministrators = group === 'policy.networking.k8s.io'
    return isAdministrators && dialect === 'cilium' ? `Cilium does not implement ${object.kind}` : undefined
  }
  const owner = group === 'cilium.io' ? 'cilium' : 'calico'
  return owner === dialect ? undefined : `only ${owner === 'cilium' ? 'Cilium' : 'Calico'} reads ${object.kind}`
}
