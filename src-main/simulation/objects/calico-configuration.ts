import { CALICO_SPEC_FIELDS, SETTINGS_SCHEMAS, settingsOfPeer } from '#shared/lab/index'
import { ipBlockCovers, parseIpAddress, parseIpBlock, singleAddress, type IpBlock } from '#shared/units/index'

import type { FieldReader } from '../kubernetes/field-reader'
import { readApiObject, type ApiObject, type ReadObject } from '../kubernetes/object'
import { parseSelector } from '../policy/calico/index'

/** Kinds whose specs are settings of Calico, and where they stand below a variant's settings. */
const GROUPS = {
  IPPool: 'ipPool',
  FelixConfiguration: 'felixConfiguration',
  BGPConfiguration: 'bgpConfiguration',
  BGPPeer: 'bgpPeers',
  BGPFilter: 'bgpFilters',
  Node: 'nodes',
} as const

type CalicoKind = keyof typeof GROUPS

const MODES = ['Always', 'CrossSubnet', 'Never'] as const
const USES = ['Workload', 'Tunnel', 'LoadBalancer']
const LINK_LOCAL = [
  ['169.254.0.0/16', 'IP pool range overlaps with IPv4 Link Local range 169.254.0.0/16'],
  ['fe80::/10', 'IP pool range overlaps with IPv6 Link Local range fe80::/10'],
] as const
/** Block sizes where a pool gives none, by version. */
const BLOCK_SIZES = { 4: 26, 6: 122 } as const

/** Checks an object of Calico's configuration (libcalico-go, lib/validator/v3). */
export function readCalicoConfiguration(object: ApiObject): ReadObject<void> {
  const kind = object.kind as CalicoKind
  return readApiObject(object, 'cluster', (fields) => {
    fields.object('spec', (spec) => {
      checkFields(spec, kind)
      CHECKS[kind](spec)
    })
  })
}

/** Asks for all fields of a kind, and checks each by itself. */
function checkFields(spec: FieldReader, kind: CalicoKind): void {
  const group = GROUPS[kind]
  for (const name of CALICO_SPEC_FIELDS[kind]) {
    const value = spec.raw(name)
    if (value === undefined || CHECKED_TOGETHER[kind]?.includes(name) === true) continue
    const { error } = SETTINGS_SCHEMAS.calico.safeParse(settingsWith(group, name, value))
    // What a field refers to is asked of the whole, where it is; the rules of a filter refer to nothing.
    const issue = error?.issues.find(({ path }) => (group === 'bgpFilters' ? path.includes(name) : path.at(-1) === name))
    if (issue !== undefined && !isNotModelled(issue)) spec.at(name).invalid(value, issue.message)
  }
}

/** Settings that hold one field of an object. */
function settingsWith(group: (typeof GROUPS)[CalicoKind], name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (group === 'bgpPeers') return settingsOfPeer({ peerIP: '192.0.2.1', [name]: value })
  if (group === 'bgpFilters') return { bgpFilters: [{ name: 'filter', [name]: value }] }
  if (group === 'nodes') return { nodes: [{ name: 'node', [name]: value }] }
  return { [group]: { [name]: value } }
}

/** Fields that a check of the whole says more about. */
const CHECKED_TOGETHER: Partial<Record<CalicoKind, readonly string[]>> = {
  IPPool: ['cidr', 'ipipMode', 'vxlanMode', 'nodeSelector'],
  BGPPeer: ['peerIP', 'peerSelector'],
  BGPFilter: ['exportV6', 'importV6'],
}

function isNotModelled(issue: object): boolean {
  return 'params' in issue && (issue.params as { readonly problem?: string } | undefined)?.problem === 'not-modelled'
}

const CHECKS: Readonly<Record<CalicoKind, (spec: FieldReader) => void>> = {
  IPPool: checkPool,
  FelixConfiguration: checkFelix,
  BGPConfiguration: checkBgp,
  BGPPeer: checkPeer,
  BGPFilter: () => undefined,
  Node: () => undefined,
}

function checkPool(spec: FieldReader): void {
  const ipip = spec.choice('ipipMode', MODES) ?? 'Never'
  const vxlan = spec.choice('vxlanMode', MODES) ?? 'Never'
  checkSelector(spec, 'nodeSelector')
  spec.stringList('allowedUses')?.forEach((use, index) => {
    if (!USES.includes(use)) spec.at('allowedUses').entry(index).invalid(use, `unknown use: ${use}`)
  })
  if (ipip !== 'Never' && vxlan !== 'Never') {
    spec.at('ipipMode').invalid(ipip, 'IPIPMode and VXLANMode cannot both be enabled on the same IP pool')
  }
  const text = spec.string('cidr') ?? ''
  const place = spec.at('cidr')
  if (text === '') {
    place.invalid(text, 'IPPool CIDR must be specified')
    return
  }
  const address = parseIpAddress(text.split('/', 1)[0]!)
  const block = text.includes('/') ? parseIpBlock(text) : address && singleAddress(address)
  if (block === undefined || address === undefined) {
    place.invalid(text, 'IPPool CIDR must be a valid subnet')
    return
  }
  if (block.version === 6 && ipip !== 'Never') {
    spec.at('ipipMode').invalid(ipip, "IPIPMode other than 'Never' is not supported on an IPv6 IP pool")
  }
  const blockSize = spec.integer('blockSize') ?? BLOCK_SIZES[block.version]
  if (spec.boolean('disabled') !== true && block.length > blockSize) {
    place.invalid(text, 'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.')
  }
  if (address.value !== block.first) place.invalid(text, 'IP pool CIDR is not strictly masked')
  for (const [range, words] of LINK_LOCAL) if (overlaps(block, parseIpBlock(range)!)) place.invalid(text, words)
}

function overlaps(a: IpBlock, b: IpBlock): boolean {
  return ipBlockCovers(a, b) || ipBlockCovers(b, a)
}

function checkFelix(spec: FieldReader): void {
  if (spec.has('routeTableRange') && spec.has('routeTableRanges')) {
    spec.at('routeTableRange').invalid('', 'cannot be set when `RouteTableRanges` is also set')
  }
}

function checkBgp(spec: FieldReader): void {
  if (spec.boolean('nodeToNodeMeshEnabled') === false) {
    for (const [field, words] of MESH_FIELDS) if (spec.has(field)) spec.at(field).invalid('', words)
  }
  const communities = spec.objects('communities', (community) => {
    const value = community.string('value') ?? ''
    if (!/^\d+:\d+(?::\d+)?$/u.test(value)) community.at('value').invalid(value, 'invalid community value or format used.')
    return community.string('name')
  })
  const advertised = spec.objects('prefixAdvertisements', (prefix) => {
    const cidr = prefix.string('cidr') ?? ''
    if (parseIpBlock(cidr) === undefined && parseIpAddress(cidr) === undefined) prefix.at('cidr').invalid(cidr, 'invalid CIDR value.')
    prefix.stringList('communities')?.forEach((name, index) => {
      if (/^\d+:\d+(?::\d+)?$/u.test(name) || communities?.includes(name) === true) return
      prefix.at('communities').entry(index).invalid(name, 'community used is invalid or not defined.')
    })
  })
  if ((communities?.length ?? 0) > 0 && (advertised?.length ?? 0) === 0) {
    spec.at('communities').invalid('', 'communities are defined but not used in Spec.PrefixAdvertisement[].')
  }
}

const MESH_FIELDS = [
  ['nodeMeshPassword', 'spec.NodeMeshPassword cannot be set if spec.NodeToNodeMesh is disabled'],
  ['nodeMeshMaxRestartTime', 'spec.NodeMeshMaxRestartTime cannot be set if spec.NodeToNodeMesh is disabled'],
] as const

function checkPeer(spec: FieldReader): void {
  for (const name of ['nodeSelector', 'peerSelector']) checkSelector(spec, name)
  const selects = (spec.string('peerSelector') ?? '') !== ''
  if ((spec.string('node') ?? '') !== '' && (spec.string('nodeSelector') ?? '') !== '') {
    spec.at('node').invalid(spec.raw('node'), 'Node field must be empty when NodeSelector is specified')
  }
  const peer = spec.string('peerIP') ?? ''
  if (selects && peer !== '') spec.at('peerIP').invalid(peer, 'PeerIP field must be empty when PeerSelector is specified')
  if (selects && spec.has('asNumber')) {
    spec.at('asNumber').invalid(spec.raw('asNumber'), 'ASNumber field must be empty when PeerSelector is specified')
  }
  if (peer !== '' && !isPeerAddress(peer)) spec.at('peerIP').invalid(peer, 'must be <IP>, <IPv4>:<port> or [<IPv6>]:<port>')
}

function isPeerAddress(text: string): boolean {
  const [, v4, v6, port] = /^(?:([\d.]+)|\[([^\]]+)\]):(\d+)$/u.exec(text) ?? []
  const address = v4 ?? v6
  if (address === undefined) return parseIpAddress(text) !== undefined
  return parseIpAddress(address) !== undefined && Number(port) >= 1 && Number(port) <= 65_535
}

function checkSelector(spec: FieldReader, name: string): void {
  const parsed = parseSelector(spec.string(name) ?? '')
  if ('error' in parsed) spec.at(name).invalid(spec.raw(name), `Invalid selector: ${parsed.error}`)
}
