import { parseIpAddress, parseIpBlock, type IpAddress } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../kubernetes/field-reader'
import { readLabelSelector, type LabelSelector } from '../kubernetes/label-selector'
import { readApiObject, type ApiObject, type ReadObject } from '../kubernetes/object'

/** Who of the nodes speaks BGP with whom: a CiliumBGPClusterConfig, or a CiliumBGPPeeringPolicy of before. */
export interface BgpCluster {
  readonly name: string
  /** The nodes; undefined: all. */
  readonly nodes: LabelSelector | undefined
  readonly peers: readonly BgpPeer[]
}

/** A neighbour of a speaker. */
export interface BgpPeer {
  readonly address: IpAddress | undefined
  readonly asn: number | undefined
  /** The CiliumBGPPeerConfig that says what it is told; undefined where the policy itself says whether pods' ranges are. */
  readonly config: string | undefined
  readonly announcesPods: boolean
}

/** A CiliumBGPPeerConfig: which advertisements are for neighbours of this kind. */
export interface BgpPeerConfig {
  readonly name: string
  readonly advertisements: readonly LabelSelector[]
}

/** A CiliumBGPAdvertisement. */
export interface BgpAdvertisement {
  readonly labels: Readonly<Record<string, string>>
  readonly types: readonly string[]
}

const LARGEST_ASN = 2 ** 32 - 1
const TYPES = ['PodCIDR', 'CiliumPodIPPool', 'Service', 'Interface'] as const
const SERVICE_ADDRESSES = ['LoadBalancerIP', 'ClusterIP', 'ExternalIP'] as const
const MOST_INSTANCES = 16

/** Reads a CiliumBGPClusterConfig (pkg/k8s/apis/cilium.io/v2, bgp_cluster_types.go). */
export function readBgpCluster(object: ApiObject): ReadObject<BgpCluster> {
  return readApiObject(object, 'cluster', (fields) => {
    const spec = fields.object('spec', (given) => {
      const nodes = given.object('nodeSelector', readLabelSelector)
      const instances = given.objects('bgpInstances', readInstance) ?? []
      if (instances.length === 0) given.at('bgpInstances').required()
      if (instances.length > MOST_INSTANCES) given.at('bgpInstances').tooMany(instances.length, MOST_INSTANCES)
      return { nodes, peers: instances.flat() }
    })
    return { name: object.metadata.name, nodes: spec?.nodes, peers: spec?.peers ?? [] }
  })
}

function readInstance(instance: FieldReader): BgpPeer[] {
  requireText(instance, 'name')
  readAsn(instance, 'localASN')
  readPort(instance, 'localPort')
  return (
    instance.objects('peers', (peer) => {
      requireText(peer, 'name')
      const address = readAddress(peer.string('peerAddress'), peer.at('peerAddress'))
      peer.raw('autoDiscovery')
      const config = peer.object('peerConfigRef', (reference) => {
        for (const known of ['group', 'kind']) reference.raw(known)
        return requireText(reference, 'name')
      })
      return { address, asn: readAsn(peer, 'peerASN'), config: config ?? '', announcesPods: false }
    }) ?? []
  )
}

/** Reads a CiliumBGPPeerConfig. */
export function readBgpPeerConfig(object: ApiObject): ReadObject<BgpPeerConfig> {
  return readApiObject(object, 'cluster', (fields) => {
    const advertisements = fields.object('spec', (spec) => {
      for (const known of ['authSecretRef', 'ebgpMultihop']) spec.raw(known)
      spec.object('transport', (transport) => {
        for (const name of ['localPort', 'peerPort']) readPort(transport, name)
        transport.raw('sourceInterface')
      })
      spec.object('timers', readTimers)
      spec.object('gracefulRestart', (restart) => {
        restart.boolean('enabled')
        inRange(restart, 'restartTimeSeconds', 1, 4095)
      })
      return spec.objects('families', (family) => {
        const afi = family.choice('afi', ['ipv4', 'ipv6', 'l2vpn', 'ls', 'opaque'])
        const safi = family.string('safi')
        const selector = family.object('advertisements', readLabelSelector)
        // A family without a selector announces nothing.
        return afi === 'ipv4' && safi === 'unicast' && selector !== undefined ? [selector] : []
      })
    })
    return { name: object.metadata.name, advertisements: advertisements?.flat() ?? [] }
  })
}

function readTimers(timers: FieldReader): void {
  inRange(timers, 'connectRetryTimeSeconds', 1, 2 ** 31 - 1)
  const hold = inRange(timers, 'holdTimeSeconds', 3, 65_535)
  const keepAlive = inRange(timers, 'keepAliveTimeSeconds', 1, 65_535)
  if (hold !== undefined && keepAlive !== undefined && keepAlive > hold) {
    timers.place.invalid('', 'keepAliveTimeSeconds can not be larger than holdTimeSeconds')
  }
}

/** Reads a CiliumBGPAdvertisement. */
export function readBgpAdvertisement(object: ApiObject): ReadObject<BgpAdvertisement> {
  return readApiObject(object, 'cluster', (fields) => {
    const types = fields.object('spec', (spec) =>
      spec.objects('advertisements', (advertisement) => {
        const type = advertisement.choice('advertisementType', TYPES)
        if (!advertisement.has('advertisementType')) advertisement.at('advertisementType').required()
        for (const known of ['attributes', 'interface']) advertisement.raw(known)
        advertisement.object('selector', readLabelSelector)
        const service = advertisement.object('service', (given) => {
          given.raw('aggregationLengthIPv4')
          given.raw('aggregationLengthIPv6')
          given.stringList('addresses')?.forEach((kind, index) => {
            const place = given.at('addresses').entry(index)
            if (!SERVICE_ADDRESSES.some((known) => known === kind)) place.unsupported(kind, SERVICE_ADDRESSES)
          })
          return true
        })
        if (type === 'Service' && service === undefined) {
          advertisement.place.invalid('', 'service field is required for the "Service" advertisementType')
        }
        return type
      }),
    )
    return { labels: object.metadata.labels ?? {}, types: (types ?? []).flatMap((type) => type ?? []) }
  })
}

/** Reads a CiliumBGPNodeConfigOverride, of which nothing is used. */
export function readBgpNodeOverride(object: ApiObject): ReadObject<void> {
  return readApiObject(object, 'cluster', (fields) => {
    fields.object('spec', (spec) => {
      spec.objects('bgpInstances', (instance) => {
        requireText(instance, 'name')
        instance.string('routerID')
        readAsn(instance, 'localASN')
        readPort(instance, 'localPort')
        instance.objects('peers', (peer) => {
          requireText(peer, 'name')
          readAddress(peer.string('localAddress'), peer.at('localAddress'))
          readPort(peer, 'localPort')
        })
      })
    })
  })
}

/** Reads a CiliumBGPPeeringPolicy (v2alpha1), which one object of each newer kind took the place of. */
export function readBgpPeeringPolicy(object: ApiObject): ReadObject<BgpCluster> {
  return readApiObject(object, 'cluster', (fields) => {
    const spec = fields.object('spec', (given) => ({
      nodes: given.object('nodeSelector', readLabelSelector),
      peers: given.objects('virtualRouters', readRouter)?.flat() ?? [],
    }))
    return { name: object.metadata.name, nodes: spec?.nodes, peers: spec?.peers ?? [] }
  })
}

function readRouter(router: FieldReader): BgpPeer[] {
  if (readAsn(router, 'localASN') === undefined) router.at('localASN').required()
  const announcesPods = router.boolean('exportPodCIDR') ?? false
  for (const known of ['serviceSelector', 'podIPPoolSelector', 'serviceAdvertisements']) router.raw(known)
  const peers = router.objects('neighbors', (peer): BgpPeer => {
    const text = peer.string('peerAddress') ?? ''
    const block = parseIpBlock(text)
    if (block === undefined) peer.at('peerAddress').invalid(text, 'must be a prefix like 10.0.0.1/32')
    for (const known of ['authSecretRef', 'eBGPMultihopTTL', 'families', 'gracefulRestart', 'advertisedPathAttributes', 'peerPort']) peer.raw(known)
    readTimers(peer)
    const address: IpAddress | undefined = block && { version: block.version, value: block.first }
    return { address, asn: readAsn(peer, 'peerASN'), config: undefined, announcesPods }
  })
  return peers ?? []
}

function requireText(fields: FieldReader, name: string): string {
  const text = fields.string(name) ?? ''
  if (text === '') fields.at(name).required()
  return text
}

function readAsn(fields: FieldReader, name: string): number | undefined {
  return inRange(fields, name, 0, LARGEST_ASN)
}

function readPort(fields: FieldReader, name: string): void {
  inRange(fields, name, 1, 65_535)
}

/** A whole number, worded as API servers do about schemas. */
function inRange(fields: FieldReader, name: string, least: number, most: number): number | undefined {
  const value = fields.integer(name)
  if (value !== undefined && value < least) {
    fields.at(name).invalid(value, `${fields.at(name).path} in body should be greater than or equal to ${least}`)
  }
  if (value !== undefined && value > most) {
    fields.at(name).invalid(value, `${fields.at(name).path} in body should be less than or equal to ${most}`)
  }
  return value
}

function readAddress(text: string | undefined, place: FieldPlace): IpAddress | undefined {
  if (text === undefined) return undefined
  const address = parseIpAddress(text)
  if (address === undefined) place.invalid(text, 'must be a valid IP address')
  return address
}
