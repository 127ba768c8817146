import type { Node } from '#shared/lab/index'
import { ipv4Address, nthIpv4Address } from '#shared/units/index'

import { matchesLabels } from '../kubernetes/label-selector'
import { isApiObject, type ApiObject, type ReadObject } from '../kubernetes/object'
import type { Topology } from '../topology/index'
import {
  readBgpAdvertisement,
  readBgpCluster,
  readBgpPeerConfig,
  readBgpPeeringPolicy,
  type BgpCluster,
  type BgpPeer,
} from './cilium-bgp-objects'

/**
 * Which nodes tell a switch of the fabric the ranges of their pods, by Cilium's BGP resources: those of which a cluster
 * configuration selects the node and has a switch as a neighbour that an advertisement of pods' ranges is for. Undefined
 * where there are no such resources.
 */
export function podAnnouncers(manifests: readonly unknown[], nodes: readonly Node[], { hosts }: Topology): boolean[] | undefined {
  const objects = manifests.filter(isApiObject).filter(({ apiVersion }) => apiVersion.startsWith('cilium.io/'))
  const contentOf = <Content>(kind: string, read: (object: ApiObject) => ReadObject<Content>): Content[] =>
    objects.filter((object) => object.kind === kind).map((object) => read(object).content)
  const clusters: BgpCluster[] = [
    ...contentOf('CiliumBGPClusterConfig', readBgpCluster),
    ...contentOf('CiliumBGPPeeringPolicy', readBgpPeeringPolicy),
  ]
  if (clusters.length === 0) return undefined
  const configs = new Map(contentOf('CiliumBGPPeerConfig', readBgpPeerConfig).map((config) => [config.name, config]))
  const ofPods = contentOf('CiliumBGPAdvertisement', readBgpAdvertisement).filter(({ types }) => types.includes('PodCIDR'))
  // A switch has the first address of its subnet.
  const switches = new Set(hosts.flatMap(({ kind, subnet }) => (kind === 'node' && subnet.length < 32 ? [nthIpv4Address(subnet, 1)] : [])))
  const hears = ({ address, config, announcesPods }: BgpPeer): boolean => {
    if (address?.version !== 4 || !switches.has(ipv4Address(Number(address.value)))) return false
    const selectors = config === undefined ? [] : (configs.get(config)?.advertisements ?? [])
    return announcesPods || ofPods.some(({ labels }) => selectors.some((selector) => matchesLabels(selector, labels)))
  }
  return nodes.map(({ labels }) =>
    clusters.some(({ nodes: selector, peers }) => (selector === undefined || matchesLabels(selector, labels)) && peers.some(hears)),
  )
}
