import type { CalicoSettings } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'

import { assignPodAddresses, type AddressAssignment } from '../../ipam/index'
import { addressOf, BARE_HOST_PATHS, hostConnection, interfaceMtu } from '../common/bare-connection'
import type { ClusterView, CniModel, CniNetwork, Connection, Endpoint, Trip } from '../common/cni-model'
import { DEFAULT_TTL, ENCAPSULATION_BYTES, type WireHeaders } from '../common/headers'
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

/** Blocks a node may take (IPAMConfig maxBlocksPerHost; Calico's default). */
const MAX_BLOCKS_PER_HOST = 20
/** The node decrements the TTL of what it forwards. */
const FORWARDED_TTL = DEFAULT_TTL - 1

/** Calico with IPIP on the iptables data plane. */
export const CALICO_MODEL: CniModel<'calico'> = {
  cni: 'calico',
  connect(cluster, settings) {
    const { assignment, findings } = assignPodAddresses({
      scheme: {
        kind: 'calico',
        blockLength: settings.ipPool.blockSize,
        blocksPerNode: MAX_BLOCKS_PER_HOST,
        strictAffinity: false,
      },
      podCidr: settings.ipPool.cidr ?? cluster.podCidr,
      nodeNames: cluster.nodes.map(({ name }) => name),
      givenBlocks: cluster.nodes.map(({ podBlocks }) => podBlocks),
      // The address of tunl0 is an allocation like any other, on a fresh node the first.
      nodeAddresses: 1,
      podNodes: cluster.pods.map(({ node }) => node),
    })
    return {
      network: new CalicoNetwork(cluster, settings, assignment),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...findings],
    }
  },
}

class CalicoNetwork implements CniNetwork {
  readonly memory = 'calico'
  private readonly cluster: ClusterView
  private readonly settings: CalicoSettings
  private readonly addresses: AddressAssignment

  constructor(cluster: ClusterView, settings: CalicoSettings, addresses: AddressAssignment) {
    this.cluster = cluster
    this.settings = settings
    this.addresses = addresses
  }

  connection(client: Endpoint, server: Endpoint): Connection | undefined {
    if (client.kind === 'pod' && server.kind === 'pod') return this.betweenClusterEnds(client, server)
    if (client.kind === 'pod')
      return client.host === server.host ? this.betweenClusterEnds(client, server) : this.masqueraded(client, server)
    if (server.kind === 'pod') return client.kind === 'node' ? this.betweenClusterEnds(client, server) : undefined
    return hostConnection(this.cluster, client, server, ({ kind }) => (kind === 'node' ? NODE_PATHS : BARE_HOST_PATHS))
  }

  /** Ends with addresses of the cluster, on one node or through the tunnel. */
  private betweenClusterEnds(client: Endpoint, server: Endpoint): Connection {
    const sameNode = client.host === server.host
    const addressIn = (end: Endpoint): Ipv4Address => {
      if (end.kind === 'pod') return this.addresses.ofPod[end.pod]!
      // What a node sends into the tunnel has the tunnel's address.
      return sameNode ? addressOf(this.cluster.topology, end) : this.addresses.ofNode[end.host]![0]!
    }
    const trip = (from: Endpoint, to: Endpoint): Trip => {
      const inner = {
        source: addressIn(from),
        destination: addressIn(to),
        ttl: from.kind === 'pod' ? FORWARDED_TTL : DEFAULT_TTL,
      }
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
      mtuBytes: this.podMtu(from.host),
      headers,
    }
  }

  private tunnelled(from: Endpoint, to: Endpoint, inner: WireHeaders): Trip {
    const { topology } = this.cluster
    return {
      transmit: from.kind === 'pod' ? POD_TO_TUNNEL : NODE_TO_TUNNEL,
      receive: to.kind === 'pod' ? TUNNEL_TO_POD : TUNNEL_TO_NODE,
      mtuBytes: this.podMtu(from.host),
      headers: {
        ...inner,
        encapsulation: { kind: 'ipip', source: addressOf(topology, from), destination: addressOf(topology, to) },
      },
    }
  }

  /** A pod to another node or outside: the source becomes its node's (natOutgoing), answers go back the same way. */
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
        mtuBytes: this.podMtu(client.host),
        headers: { source: nodeAddress, destination: serverAddress, ttl: FORWARDED_TTL },
      },
      reverse: {
        transmit: stack.sends,
        receive: OUTSIDE_TO_POD,
        mtuBytes: interfaceMtu(this.cluster, server.host),
        headers: { source: serverAddress, destination: nodeAddress, ttl: DEFAULT_TTL },
      },
    }
  }

  /** MTU of pods' interfaces and of tunl0: felix/dataplane/linux/int_dataplane.go, determinePodMTU. */
  private podMtu(host: number): number {
    const automatic = interfaceMtu(this.cluster, host) - ENCAPSULATION_BYTES.ipip
    return this.settings.felixConfiguration.ipipMTU || automatic
  }
}
