import type { CiliumSettings } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'
import type { GeneveOption } from '#shared/wire/index'

import type { Endpoint, ServedEnds } from '../common/cni-model'
import type { EntryPrograms, RemoteEntry } from '../common/entry-programs'
import type { Tunnel } from '../common/tunnel'
import type { CiliumEntryPaths } from './entry-paths'

/** How a node hands on a connection whose backend is elsewhere. */
type Dispatch = 'snat' | 'option' | 'geneve'

/** An option that is copied into fragments, of the control class, number 26: not in use (bpf/lib/common.h, DSR_IPV4_OPT_32). */
const OPTION_TYPE = 0x9a
const OPTION_BYTES = 8
/** The class that IANA gave Cilium, and the type with its critical bit (bpf/lib/common.h, DSR_GENEVE_OPT_CLASS). */
const GENEVE_OPTION = { class: 0x014b, type: 0x81 } as const
/** Identity of everything outside the cluster (pkg/identity, ReservedIdentityWorld). */
const WORLD_IDENTITY = 2

/** What the programs need to know of a cluster. */
export interface EntryPlaces {
  readonly settings: CiliumSettings
  readonly paths: CiliumEntryPaths
  readonly nodeAddress: (end: Endpoint) => Ipv4Address
  /** The address that a node's own packets to an end have, and the tunnels between them. */
  readonly ownAddress: (entry: Endpoint, server: Endpoint) => Ipv4Address
  readonly tunnels: (from: Endpoint, to: Endpoint) => readonly Tunnel[]
  readonly genevePort: number
}

/** How Cilium's programs answer for services: with the node's address (SNAT), or so that the backend's node answers (DSR). */
export class CiliumEntryPrograms implements EntryPrograms {
  readonly refuses
  private readonly places: EntryPlaces

  constructor(places: EntryPlaces) {
    this.places = places
    this.refuses = places.paths.refuses
  }

  local(server: Endpoint): ReturnType<EntryPrograms['local']> {
    return this.places.paths.local(kindOf(server))
  }

  remote(entry: Endpoint, server: Endpoint, ends: ServedEnds): RemoteEntry {
    const { paths } = this.places
    const common = { arrives: paths.arrives, translatesAt: 'entry', tunnels: [], seenAs: undefined } as const
    const answers = { way: 'direct', sends: paths.answersDirectly(kindOf(server)) } as const
    switch (this.dispatchOf(server, ends)) {
      case 'snat':
        return this.withSnat(entry, server)
      case 'option': {
        const { sends, marked, receives } = paths.dsrByOption(kindOf(server))
        return { ...common, sends, receives, answers, marks: { sends: marked, ipOption: dsrOption(ends) } }
      }
      case 'geneve': {
        const { sends, receives } = paths.dsrByGeneve()
        const tunnel = (options: readonly GeneveOption[]) => [this.geneve(entry, server, options)]
        return { ...common, sends, receives, answers, tunnels: tunnel([]), marks: { sends, tunnels: tunnel([dsrGeneveOption(ends)]) } }
      }
    }
  }

  /** DSR for all, or in hybrid mode for TCP; a backend in its node's own network is in no tunnel's reach. */
  private dispatchOf(server: Endpoint, { transport }: ServedEnds): Dispatch {
    const { mode, dsrDispatch } = this.places.settings.loadBalancer
    if (mode !== 'dsr' && !(mode === 'hybrid' && transport === 'tcp')) return 'snat'
    return dsrDispatch === 'geneve' && server.kind === 'pod' ? 'geneve' : 'option'
  }

  private withSnat(entry: Endpoint, server: Endpoint): RemoteEntry {
    const { paths, ownAddress, nodeAddress, tunnels } = this.places
    const { sends, receives, answers } = paths.snat(kindOf(server))
    const isPod = server.kind === 'pod'
    return {
      arrives: paths.arrives,
      sends,
      receives,
      tunnels: isPod ? tunnels(entry, server) : [],
      translatesAt: 'entry',
      seenAs: isPod ? ownAddress(entry, server) : nodeAddress(entry),
      answers: { way: 'entry', ...answers, tunnels: isPod ? tunnels(server, entry) : [], leaves: paths.leaves },
    }
  }

  private geneve(entry: Endpoint, server: Endpoint, options: readonly GeneveOption[]): Tunnel {
    const { nodeAddress, genevePort: port } = this.places
    const outer = { source: nodeAddress(entry), destination: nodeAddress(server) }
    return { kind: 'geneve', ...outer, port, networkIdentifier: WORLD_IDENTITY, checksum: false, options }
  }
}

function kindOf({ kind }: Endpoint): 'pod' | 'node' {
  return kind === 'pod' ? 'pod' : 'node'
}

/**
 * The service's address and port as the program writes them: numbers in network order turned round once more, so that on
 * little-endian nodes, as nearly all are, their bytes are in the wrong order (bpf/lib/nodeport.h, dsr_set_opt4).
 */
function dsrOption({ frontend: { address, port } }: ServedEnds): Uint8Array {
  const turned = [address & 0xff, (address >>> 8) & 0xff, (address >>> 16) & 0xff, address >>> 24]
  return Uint8Array.from([OPTION_TYPE, OPTION_BYTES, port & 0xff, port >>> 8, ...turned])
}

/** Address, port and two bytes of padding, in network order (bpf/lib/common.h, geneve_dsr_opt4). */
function dsrGeneveOption({ frontend: { address, port } }: ServedEnds): GeneveOption {
  const bytes = [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff, port >>> 8, port & 0xff, 0, 0]
  return { ...GENEVE_OPTION, data: Uint8Array.from(bytes) }
}
