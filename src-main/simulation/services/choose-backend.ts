import type { Backend, Service } from './service'

/** Who asks a service. */
export interface Asker {
  /** Index of the node whose proxy or program chooses: each remembers clients for itself. */
  readonly node: number
  /** The client: its host and its pod, −1 for none. */
  readonly host: number
  readonly pod: number
  /** What tells the connection from others of the same client. */
  readonly key: string
  /** How often what is remembered of the client has run out; never unless given. */
  readonly generation?: number
}

/**
 * The backend of a connection out of those that it may get: at random with equal chances, the same for the same key; with
 * affinity the same for every connection of a client. Undefined where there is none.
 */
export function chooseBackend(service: Service, usable: readonly Backend[], asker: Asker): Backend | undefined {
  return usable[drawOf(keyOf(service, asker), usable.length)]
}

/** What a connection's backend is drawn from: the connection, or with affinity its client. */
export function keyOf({ hasAffinity }: Service, { node, host, pod, key, generation = 0 }: Asker): string {
  return hasAffinity ? `${node} ${host} ${pod} ${generation}` : key
}

/** A number below `count` drawn from a key: every variant and seed gets the same. */
export function drawOf(key: string, count: number): number {
  return hashOf(key) % Math.max(1, count)
}

/** FNV-1a with a final mix (as MurmurHash3 ends): short keys that differ little must not land beside each other. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
