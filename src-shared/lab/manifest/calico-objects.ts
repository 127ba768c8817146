import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import { unmodelledSettings } from '../modelled-settings'
import type { Finding } from '../problem'
import { SETTINGS_SCHEMAS } from '../record/variant'
import { CALICO_SPEC_FIELDS, settingsOfPeer } from '../settings/calico-settings'
import { findingAt, isOfKind, titleOf, type PlacedObject } from './placed-object'

/** A setting of Calico that an object gives: its path below `settings`, its value, and the field that says so. */
export interface ObjectSetting {
  readonly setting: readonly string[]
  readonly value: PlainValue
  readonly from: PlacedObject
  /** The field; absent for a default of the object's API. */
  readonly field?: readonly string[]
}

/** What Calico's objects of configuration come to. */
export interface CalicoObjects {
  readonly settings: readonly ObjectSetting[]
  readonly findings: readonly Finding[]
  /** The objects among those given. */
  readonly objects: readonly PlacedObject[]
}

const GROUP = 'projectcalico.org'
/** Objects of these kinds hold for the whole cluster under this name only; others are for single nodes. */
const SINGLE_KINDS = [
  ['FelixConfiguration', 'felixConfiguration'],
  ['BGPConfiguration', 'bgpConfiguration'],
] as const
const CLUSTER_WIDE = 'default'
/** How a FelixConfiguration of a single node is called: this and the node's name. */
const OF_NODE = 'node.'

/** Where Calico notes the addresses that it gave a node's tunnel devices. */
const TUNNEL_ADDRESSES = [['spec', 'bgp', 'ipv4IPIPTunnelAddr'], ['spec', 'ipv4VXLANTunnelAddr']] as const

/** Where calico-node notes the address that it found, in clusters that keep Calico's objects in the API of Kubernetes. */
const ADDRESS_ANNOTATION = ['metadata', 'annotations', 'projectcalico.org/IPv4Address']

/** What is of interest of pools that pods get no addresses of. */
const FURTHER_POOL_FIELDS = ['cidr', 'disabled', 'assignmentMode', 'allowedUses']

/** What a pool has that its object does not give (API defaults; a fresh install's pool has others). */
const POOL_DEFAULTS: Readonly<Record<string, PlainValue>> = { ipipMode: 'Never', vxlanMode: 'Never', natOutgoing: false }

/** The settings that IPPools, FelixConfigurations, BGPConfigurations, BGPPeers, BGPFilters and Nodes among objects come to. */
export function calicoObjects(all: readonly PlacedObject[], nodes: readonly PlainValue[]): CalicoObjects {
  const ofKind = (kind: string): PlacedObject[] => all.filter((placed) => isOfKind(placed, GROUP, kind))
  const read = new SettingsReader(nodes)
  const pools = ofKind('IPPool')
  read.pools(pools)
  const singles = SINGLE_KINDS.flatMap(([kind, group]) => {
    const objects = ofKind(kind)
    for (const placed of objects) read.single(placed, group)
    return objects
  })
  const peers = ofKind('BGPPeer')
  read.peers(peers)
  const filters = ofKind('BGPFilter')
  read.filters(filters)
  const ownNodes = ofKind('Node')
  read.nodes(ownNodes)
  read.annotatedNodes(all.filter((placed) => isOfKind(placed, '', 'Node')))
  return { settings: read.settings, findings: read.findings, objects: [...pools, ...singles, ...peers, ...filters, ...ownNodes] }
}

class SettingsReader {
  readonly settings: ObjectSetting[] = []
  readonly findings: Finding[] = []
  private readonly labNodes: readonly PlainValue[]

  constructor(labNodes: readonly PlainValue[]) {
    this.labNodes = labNodes
  }

  /** The first pool that pods get addresses of; a variant has one. */
  pools(objects: readonly PlacedObject[]): void {
    let chosen: PlacedObject | undefined
    for (const placed of objects) {
      const why = whyNoPool(placed.object) ?? (chosen && `variants have one pool, and ${titleOf(chosen)} is it`)
      if (why === undefined) chosen = placed
      else if (!this.furtherPool(placed)) this.leaveOut(placed, [], why)
    }
    if (chosen === undefined) return
    const given = this.take(chosen, 'ipPool')
    for (const [key, value] of Object.entries(POOL_DEFAULTS)) {
      if (!given.includes(key)) this.settings.push({ setting: ['ipPool', key], value, from: chosen })
    }
  }

  /** A pool that pods get no addresses of, which is a pool all the same; answers whether it is one that labs can have. */
  private furtherPool(placed: PlacedObject): boolean {
    const given = FURTHER_POOL_FIELDS.flatMap((key): [string, PlainValue][] => {
      const value = valueAt(placed.object, ['spec', key])
      return value === undefined ? [] : [[key, value]]
    })
    const value: PlainValue = { name: valueAt(placed.object, ['metadata', 'name']), ...Object.fromEntries(given) }
    if (!isKnown({ ipPools: [value] })) return false
    this.settings.push({ setting: ['ipPools'], value, from: placed, field: ['spec'] })
    return true
  }

  single(placed: PlacedObject, group: (typeof SINGLE_KINDS)[number][1]): void {
    const name = valueAt(placed.object, ['metadata', 'name'])
    const ofNode = typeof name === 'string' && name.startsWith(OF_NODE)
    if (name === CLUSTER_WIDE) this.take(placed, group)
    else if (ofNode && group === 'felixConfiguration') this.ofNode(placed, name)
    else if (ofNode) this.leaveOut(placed, [], 'BGPConfigurations of single nodes are not modelled')
    else this.leaveOut(placed, [], `configuration of all nodes is called ${CLUSTER_WIDE}, that of one ${OF_NODE} and its name`)
  }

  /** A FelixConfiguration of a single node. */
  private ofNode(placed: PlacedObject, name: string): void {
    if (this.labNode(name.slice(OF_NODE.length)) === undefined) {
      this.leaveOut(placed, ['metadata', 'name'], 'the lab has no node of this name')
      return
    }
    const given = fieldsOf(placed.object).flatMap(([key, value]): [string, PlainValue][] => {
      if (isKnown({ felixConfigurations: [{ name, [key]: value }] })) return [[key, value]]
      if (CALICO_SPEC_FIELDS.FelixConfiguration.includes(key)) this.leaveOut(placed, ['spec', key], 'it is not modelled for single nodes', key)
      return []
    })
    this.settings.push({ setting: ['felixConfigurations'], value: { name, ...Object.fromEntries(given) }, from: placed, field: ['spec'] })
  }

  /** Calico's own Nodes. */
  nodes(objects: readonly PlacedObject[]): void {
    for (const placed of objects) {
      this.addressOf(placed, ['spec', 'bgp', 'ipv4Address'])
      for (const field of TUNNEL_ADDRESSES) {
        if (valueAt(placed.object, field) !== undefined) this.leaveOut(placed, field, 'Calico wrote it, and the simulation finds out its own', field.at(-1))
      }
    }
  }

  /**
   * Nodes of Kubernetes, where calico-node notes the address that it found. Those of a real cluster are not those of the lab,
   * unless the lab gives them itself.
   */
  annotatedNodes(objects: readonly PlacedObject[]): void {
    for (const placed of objects) {
      const name = valueAt(placed.object, ['metadata', 'name'])
      const noted = withoutMask(valueAt(placed.object, ADDRESS_ANNOTATION))
      const node = this.labNode(name)
      const given = node === undefined ? [] : addressesOf(node)
      const isKnownAlready = this.settings.some(({ setting, value }) => setting[0] === 'nodes' && valueAt(value, ['name']) === name)
      if (noted !== undefined && given.includes(noted) && !isKnownAlready) this.addressOf(placed, ADDRESS_ANNOTATION)
    }
  }

  /** A Node that the lab has none of is reported with those of Kubernetes. */
  private addressOf(placed: PlacedObject, field: readonly string[]): void {
    const ipv4Address = valueAt(placed.object, field)
    const name = valueAt(placed.object, ['metadata', 'name'])
    const value: PlainValue = { name, bgp: { ipv4Address } }
    if (ipv4Address !== undefined && this.labNode(name) !== undefined && isKnown({ nodes: [value] })) this.settings.push({ setting: ['nodes'], value, from: placed, field })
  }

  peers(objects: readonly PlacedObject[]): void {
    for (const placed of objects) {
      const peer: Record<string, PlainValue> = {}
      for (const [key, value] of fieldsOf(placed.object)) {
        if (isKnown(settingsOfPeer({ peerIP: '192.0.2.1', [key]: value })) || key === 'peerSelector') peer[key] = value
        else if (CALICO_SPEC_FIELDS.BGPPeer.includes(key)) this.leaveOut(placed, ['spec', key], 'it is not modelled', key)
      }
      if (isKnown(settingsOfPeer(peer))) this.settings.push({ setting: ['bgpPeers'], value: peer, from: placed, field: ['spec'] })
      else this.leaveOut(placed, ['spec'], 'it names no neighbour that a lab can have')
    }
  }

  filters(objects: readonly PlacedObject[]): void {
    for (const placed of objects) {
      const name = valueAt(placed.object, ['metadata', 'name'])
      const filter: Record<string, PlainValue | undefined> = { name }
      for (const [key, value] of fieldsOf(placed.object)) {
        if (isKnown({ bgpFilters: [{ name, [key]: value }] })) filter[key] = value
        else if (CALICO_SPEC_FIELDS.BGPFilter.includes(key)) this.leaveOut(placed, ['spec', key], 'it is not modelled', key)
      }
      this.settings.push({ setting: ['bgpFilters'], value: filter, from: placed, field: ['spec'] })
    }
  }

  /** Takes the fields that are modelled and notes the others; answers which were taken. */
  private take(placed: PlacedObject, group: string): string[] {
    const communities = valueAt(placed.object, ['spec', 'communities']) ?? []
    return fieldsOf(placed.object).flatMap(([key, value]) => {
      // What is advertised names communities of the same object.
      const given = { [group]: key === 'prefixAdvertisements' ? { communities, [key]: value } : { [key]: value } }
      const { success, data } = SETTINGS_SCHEMAS.calico.safeParse(given)
      if (!success) return []
      if (unmodelledSettings('calico', given, data).length > 0) {
        this.leaveOut(placed, ['spec', key], 'it is not modelled', key)
        return []
      }
      this.settings.push({ setting: [group, key], value, from: placed, field: ['spec', key] })
      return [key]
    })
  }

  private labNode(name: PlainValue | undefined): PlainValue | undefined {
    return this.labNodes.find((node) => valueAt(node, ['name']) === name)
  }

  private leaveOut(placed: PlacedObject, field: readonly string[], why: string, key?: string): void {
    const what = key === undefined ? titleOf(placed) : `${key} of ${titleOf(placed)}`
    this.findings.push(findingAt(placed, field, { code: 'unused-object', message: `${what} is not used: ${why}.` }))
  }
}

/** Why no pod gets an address of a pool; undefined where pods do. */
function whyNoPool(pool: PlainMapping): string | undefined {
  const cidr = valueAt(pool, ['spec', 'cidr'])
  const uses = valueAt(pool, ['spec', 'allowedUses'])
  if (typeof cidr === 'string' && cidr.includes(':')) return 'labs have IPv4'
  if (valueAt(pool, ['spec', 'disabled']) === true) return 'it is disabled'
  if (valueAt(pool, ['spec', 'assignmentMode']) === 'Manual') return 'pods get its addresses by annotation only'
  return Array.isArray(uses) && !uses.includes('Workload') ? 'it is not for workloads' : undefined
}

/** Whether settings are Calico's; what the API server refuses is said elsewhere (src-main/simulation/objects). */
function isKnown(settings: Readonly<Record<string, unknown>>): boolean {
  return SETTINGS_SCHEMAS.calico.safeParse(settings).success
}

function fieldsOf(object: PlainMapping): [string, PlainValue][] {
  const spec = object['spec']
  if (!isMapping(spec)) return []
  return Object.entries(spec).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, value]]))
}

/** The addresses of a node's interfaces, as far as the lab gives them. */
function addressesOf(node: PlainValue): string[] {
  const uplinks = valueAt(node, ['uplinks'])
  const ofUplinks = isList(uplinks) ? uplinks.map((uplink) => valueAt(uplink, ['address'])) : []
  return [valueAt(node, ['address']), ...ofUplinks].flatMap((address) => withoutMask(address) ?? [])
}

function withoutMask(address: PlainValue | undefined): string | undefined {
  return typeof address === 'string' ? address.split('/', 1)[0] : undefined
}
