import { jhash3Words, maglevTable, murmur3 } from '#shared/lookup/index'
import { formatIpv4Address, type Ipv4Address } from '#shared/units/index'

/** A backend as Cilium's agent hashes it. */
export interface MaglevBackend {
  readonly address: Ipv4Address
  readonly port: number
  readonly protocol: string
}

/** A client's packet as the program hashes it: without the destination's address, so that all nodes choose alike. */
interface MaglevTuple {
  readonly source: Ipv4Address
  readonly sourcePort: number
  readonly destinationPort: number
  /** Number of the IP protocol. */
  readonly protocol: number
}

/** Bytes of a seed (`maglev.hashSeed`, base64): four for backends' hashes, eight for clients'. */
const SEED_BYTES = 12

/**
 * Maglev as Cilium has it (pkg/maglev/maglev.go; bpf/lib/lb.h, lb4_select_backend_id_maglev): every node builds the same
 * table of a service's backends, and a hash of the client's packet picks an entry. Backends are alike in weight.
 */
export class CiliumMaglev {
  private readonly size: number
  private readonly backendSeed: number
  private readonly clientSeed: number
  /** Tables by the backends that they are of. */
  private readonly tables = new Map<string, Int32Array>()

  /** Requires: `size` is one of the primes that Cilium takes, `hashSeed` twelve bytes in base64. */
  constructor(size: number, hashSeed: string) {
    this.size = size
    const bytes = bytesOf(hashSeed)
    this.backendSeed = wordOf(bytes, 0)
    this.clientSeed = wordOf(bytes, 4)
  }

  /** Per entry of the table the index of its backend, −1 throughout where there is none. */
  table(backends: readonly MaglevBackend[]): Int32Array {
    const names = backends.map(nameOf)
    const key = names.join()
    const known = this.tables.get(key)
    if (known !== undefined) return known
    const order = [...names.keys()].toSorted((a, b) => (names[a]! < names[b]! ? -1 : 1))
    const size = BigInt(this.size)
    const preferences = order.map((index) => {
      const [first, second] = murmur3(Uint8Array.from(names[index]!, (letter) => letter.charCodeAt(0)), this.backendSeed)
      return { offset: Number(first % size), skip: Number(second % (size - 1n)) + 1 }
    })
    const table = maglevTable(this.size, preferences).map((place) => (place < 0 ? place : order[place]!))
    this.tables.set(key, table)
    return table
  }

  /** The index of the backend that a client's packet gets; −1 where there is none. */
  choose(backends: readonly MaglevBackend[], tuple: MaglevTuple): number {
    return this.table(backends)[this.entryOf(tuple)]!
  }

  /** The entry that a client's packet is hashed to (bpf/lib/hash.h, hash_from_tuple_v4). */
  private entryOf({ source, sourcePort, destinationPort, protocol }: MaglevTuple): number {
    return jhash3Words(source, ((destinationPort << 16) | sourcePort) >>> 0, protocol, this.clientSeed) % this.size
  }
}

/** What the agent hashes of a backend (BackendInfo.setHashString). */
function nameOf({ address, port, protocol }: MaglevBackend): string {
  return `[${formatIpv4Address(address)}:${port}/${protocol},State:active]`
}

function bytesOf(base64: string): Uint8Array {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  if (bytes.length !== SEED_BYTES) throw new Error(`A seed of Maglev has ${SEED_BYTES} bytes, not ${bytes.length}`)
  return bytes
}

function wordOf(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + 4).reduce((word, byte) => ((word << 8) | byte) >>> 0, 0)
}
