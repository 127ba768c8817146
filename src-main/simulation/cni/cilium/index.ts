import type { CiliumSettings } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'
import { macOfAddress, type MacAddress } from '#shared/wire/index'

import { assignPodAddresses, type AddressAssignment } from '../../ipam/index'
import { addressOf, BARE_HOST_PATHS, hostConnection, interfaceMtu } from '../common/bare-connection'
import type { ClusterView, CniModel, CniNetwork, Connection, Endpoint, Trip } from '../common/cni-model'
import { DEFAULT_TTL, ENCAPSULATION_BYTES, type WireHeaders } from '../common/headers'
import { assignIdentities, REMOTE_NODE_IDENTITY } from './identities'
import {
  NODE_PATHS,
  NODE_TO_LOCAL_POD,
  NODE_TO_TUNNEL,
  OUTSIDE_TO_POD,
  POD_TO_LOCAL_POD,
  POD_TO_OUTSIDE,
  POD_TO_OWN_NODE,
  POD_TO_TUNNEL,
  TUNNEL_TO_NODE,
  TUNNEL_TO_POD,
} from './paths'
import { unmodelledSettings } from './settings'

/** clusterPoolIPv4MaskSize of the chart: one block of this length per node. */
const NODE_BLOCK_LENGTH = 24
/** Port of Cilium's VXLAN (pkg/defaults, TunnelPortVXLAN). */
const VXLAN_PORT = 8472
/** First two bytes of pods' MAC addresses and of the node's side of their interfaces; Cilium draws both at random. */
const POD_MAC_PREFIX = 0x0e00
const LXC_MAC_PREFIX = 0x0e01

/** Cilium with its chart's defaults: VXLAN tunnel, veth, kube-proxy beside it, legacy host routing. */
export const CILIUM_MODEL: CniModel<'cilium'> = {
  cni: 'cilium',
  connect(cluster, settings) {
    const { assignment, findings } = assignPodAddresses({
      scheme: { kind: 'cluster-pool', rangeLength: NODE_BLOCK_LENGTH },
      podCidr: cluster.podCidr,
      nodeNames: cluster.nodes.map(({ name }) => name),
      givenBlocks: cluster.nodes.map(({ podBlocks }) => podBlocks),
      // cilium_host and the health endpoint.
      nodeAddresses: 2,
      podNodes: cluster.pods.map(({ node }) => node),
    })
    return {
      network: new CiliumNetwork(cluster, settings, assignment),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...findings],
    }
  },
}

class CiliumNetwork implements CniNetwork {
  readonly memory = 'cilium'
  private readonly cluster: ClusterView
  private readonly settings: CiliumSettings
  private readonly addresses: AddressAssignment
  private readonly identities: readonly number[]

  constructor(cluster: ClusterView, settings: CiliumSettings, addresses: AddressAssignment) {
    this.cluster = cluster
    this.settings = settings
    this.addresses = addresses
    this.identities = assignIdentities(cluster.pods)
  }

  connection(client: Endpoint, server: Endpoint): Connection | undefined {
    if (client.kind !== 'pod' && server.kind !== 'pod') {
      return hostConnection(this.cluster, client, server, ({ kind }) =>
        kind === 'node' ? NODE_PATHS : BARE_HOST_PATHS,
      )
    }
    if (client.kind === 'external') return undefined
    const isOutside = server.kind !== 'pod' && client.host !== server.host
    return isOutside ? this.masqueraded(client, server) : this.betweenClusterEnds(client, server)
  }

  /** Ends with addresses of the cluster, on one node or through the tunnel. */
  private betweenClusterEnds(client: Endpoint, server: Endpoint): Connection {
    const sameNode = client.host === server.host
    const addressIn = (end: Endpoint): Ipv4Address => {
      if (end.kind === 'pod') return this.addresses.ofPod[end.pod]!
      // The route to pods names cilium_host's address as the source of what the node sends.
      return sameNode ? addressOf(this.cluster.topology, end) : this.addresses.ofNode[end.host]![0]!
    }
    const trip = (from: Endpoint, to: Endpoint): Trip => {
      // No decrement on the encapsulating side: bpf/bpf_lxc.c decrements on local delivery only.
      const inner = { source: addressIn(from), destination: addressIn(to), ttl: DEFAULT_TTL }
      return sameNode ? this.local(from, to, inner) : this.tunnelled(from, to, inner)
    }
    return {
      clientAddress: addressIn(client),
      serverAddress: addressIn(server),
      forward: trip(client, server),
      reverse: trip(server, client),
    }
  }

  private local(from: Endpoint, to: Endpoint, headers: WireHeaders): Trip {
    const toPod = from.kind === 'pod' ? POD_TO_LOCAL_POD : NODE_TO_LOCAL_POD
    return {
      transmit: to.kind === 'pod' ? toPod : POD_TO_OWN_NODE,
      receive: undefined,
      mtuBytes: this.routeMtu(from.host),
      headers,
    }
  }

  private tunnelled(from: Endpoint, to: Endpoint, inner: WireHeaders): Trip {
    const { topology } = this.cluster
    return {
      transmit: from.kind === 'pod' ? POD_TO_TUNNEL : NODE_TO_TUNNEL,
      receive: to.kind === 'pod' ? TUNNEL_TO_POD : TUNNEL_TO_NODE,
      mtuBytes: this.routeMtu(from.host),
      headers: {
        ...inner,
        encapsulation: {
          kind: 'vxlan',
          source: addressOf(topology, from),
          destination: addressOf(topology, to),
          port: this.settings.tunnelPort || VXLAN_PORT,
          networkIdentifier: from.kind === 'pod' ? this.identities[from.pod]! : REMOTE_NODE_IDENTITY,
          ...innerMacs(inner.source),
        },
      },
    }
  }

  /** A pod to another node or outside: masqueraded as its node, answers go back the same way. */
  private masqueraded(client: Endpoint, server: Endpoint): Connection {
    const { topology } = this.cluster
    const nodeAddress = addressOf(topology, client)
    const serverAddress = addressOf(topology, server)
    const stack = server.kind === 'node' ? NODE_PATHS : BARE_HOST_PATHS
    return {
      clientAddress: this.addresses.ofPod[client.pod]!,
      serverAddress,
      forward: {
        transmit: POD_TO_OUTSIDE,
        receive: stack.receives,
        mtuBytes: this.routeMtu(client.host),
        // The stack forwards, and decrements as it does.
        headers: { source: nodeAddress, destination: serverAddress, ttl: DEFAULT_TTL - 1 },
      },
      reverse: {
        transmit: stack.sends,
        receive: OUTSIDE_TO_POD,
        mtuBytes: interfaceMtu(this.cluster, server.host),
        headers: { source: serverAddress, destination: nodeAddress, ttl: DEFAULT_TTL },
      },
    }
  }

  /** MTU of pods' routes, which TCP and UDP go by; their device has the node's (pkg/mtu/mtu.go, RouteMTU). */
  private routeMtu(host: number): number {
    const deviceMtu = this.settings.MTU || interfaceMtu(this.cluster, host)
    return deviceMtu - ENCAPSULATION_BYTES.vxlan
  }
}

/** A pod's frame goes into the tunnel as it left the pod: from its interface to the node's side of it. */
function innerMacs(source: Ipv4Address): { innerSource: MacAddress; innerDestination: MacAddress } {
  return { innerSource: macOfAddress(POD_MAC_PREFIX, source), innerDestination: macOfAddress(LXC_MAC_PREFIX, source) }
}
