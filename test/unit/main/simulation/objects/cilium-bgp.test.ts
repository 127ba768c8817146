import { describe, expect, it } from 'vitest'

import { podAnnouncers } from '#main/simulation/objects/index'
import { buildTopology } from '#main/simulation/topology/index'
import { parseLab } from '#shared/lab/index'

const CONFIG = { apiVersion: 'cilium.io/v2', kind: 'CiliumBGPPeerConfig', metadata: { name: 'tor' }, spec: { families: [{ afi: 'ipv4', safi: 'unicast', advertisements: { matchLabels: { for: 'tor' } } }] } }
const ADVERTISEMENT = { apiVersion: 'cilium.io/v2', kind: 'CiliumBGPAdvertisement', metadata: { name: 'pods', labels: { for: 'tor' } }, spec: { advertisements: [{ advertisementType: 'PodCIDR' }] } }

function cluster(peerAddress: string, nodeSelector?: object): object {
  const peers = [{ name: 'tor', peerASN: 65_000, peerAddress, peerConfigRef: { name: 'tor' } }]
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumBGPClusterConfig', metadata: { name: 'c' }, spec: { nodeSelector, bgpInstances: [{ name: 'i', localASN: 65_001, peers }] } }
}

/** Which of two nodes, in racks of their own, announce their pods. */
function announcers(...manifests: readonly object[]): boolean[] | undefined {
  const { lab } = parseLab(JSON.stringify({
    apiVersion: 'cnilab.dev/v1alpha1', kind: 'Lab', metadata: { name: 't' },
    spec: {
      fabric: { switches: [{ name: 'a', role: 'tor', asn: 65_000 }, { name: 'b', role: 'tor', asn: 65_000 }], links: [{ ends: ['a', 'b'] }] },
      nodes: [{ name: 'n1', uplinks: [{ switch: 'a' }], labels: { bgp: 'yes' } }, { name: 'n2', uplinks: [{ switch: 'b' }] }],
      cluster: { manifests },
    },
  }))
  return podAnnouncers(lab!.cluster.manifests, lab!.nodes, buildTopology(lab!).topology)
}

describe('nodes that announce their pods by Cilium’s BGP', () => {
  it('are those selected, with a switch that an advertisement is for', () => {
    expect(announcers(cluster('10.1.0.1'), CONFIG, ADVERTISEMENT)).toEqual([true, true])
    expect(announcers(cluster('10.1.0.1', { matchLabels: { bgp: 'yes' } }), CONFIG, ADVERTISEMENT)).toEqual([true, false])
  })

  it('are none without an advertisement, its neighbour’s configuration, or a switch at the address', () => {
    expect(announcers(cluster('10.1.0.1'), CONFIG)).toEqual([false, false])
    expect(announcers(cluster('10.1.0.1'), ADVERTISEMENT)).toEqual([false, false])
    expect(announcers(cluster('10.9.0.1'), CONFIG, ADVERTISEMENT)).toEqual([false, false])
  })

  it('are those of a peering policy that exports pods’ ranges', () => {
    const policy = (exportPodCIDR: boolean): object => ({
      apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumBGPPeeringPolicy', metadata: { name: 'p' },
      spec: { virtualRouters: [{ localASN: 65_001, exportPodCIDR, neighbors: [{ peerAddress: '10.2.0.1/32', peerASN: 65_000 }] }] },
    })
    expect(announcers(policy(true))).toEqual([true, true])
    expect(announcers(policy(false))).toEqual([false, false])
  })

  it('are not said where there are no such resources', () => {
    expect(announcers(CONFIG, ADVERTISEMENT)).toBeUndefined()
  })
})
