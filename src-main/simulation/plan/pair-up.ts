import type { Traffic } from '#shared/lab/index'

import type { Endpoint } from '../cni/common/index'
import type { EndPair } from './end-pair'

/** The connections of an entry between its senders and receivers, by its pattern. Requires: there is a receiver. */
export function pairUp(traffic: Traffic, clients: readonly Endpoint[], servers: readonly Endpoint[]): EndPair[] {
  const { streams } = traffic
  const repeated = (client: Endpoint, server: Endpoint) => Array.from({ length: streams }, () => ({ client, server }))
  switch (traffic.pattern) {
    case 'in-turn':
      return clients.flatMap((client, sender) =>
        Array.from({ length: streams }, (_, stream) => ({ client, server: receiver(client, servers, sender * streams + stream) })),
      )
    case 'permutation': {
      const order = permutation(clients, servers, seedOf(traffic.name))
      return clients.flatMap((client, sender) => repeated(client, receiver(client, servers, order[sender % order.length]!)))
    }
    case 'incast':
      return clients.filter((client) => !isSame(client, servers[0]!)).flatMap((client) => repeated(client, servers[0]!))
    case 'all-to-all':
      return clients.flatMap((client) =>
        servers.filter((server) => !isSame(client, server)).flatMap((server) => repeated(client, server)),
      )
  }
}

/** A receiver by its turn; the next one where that is the sender itself. */
function receiver(client: Endpoint, servers: readonly Endpoint[], turn: number): Endpoint {
  const server = servers[turn % servers.length]!
  return isSame(client, server) ? servers[(turn + 1) % servers.length]! : server
}

function isSame(client: Endpoint, server: Endpoint): boolean {
  return client.kind === server.kind && client.host === server.host && client.pod === server.pod
}

/**
 * A random order of the receivers in which, as far as may be, no sender meets itself: Fisher–Yates, then each sender that
 * met itself changes places with its neighbour. The same for every variant and seed, as it belongs to the workload.
 */
function permutation(clients: readonly Endpoint[], servers: readonly Endpoint[], seed: number): number[] {
  const order = servers.map((_, index) => index)
  let state = seed
  const below = (bound: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
  for (let last = order.length - 1; last > 0; last--) swap(order, last, below(last + 1))
  order.forEach((server, sender) => {
    const client = clients[sender]
    if (client !== undefined && isSame(client, servers[server]!)) swap(order, sender, (sender + 1) % order.length)
  })
  return order
}

function swap(list: number[], a: number, b: number): void {
  const held = list[a]!
  list[a] = list[b]!
  list[b] = held
}

/** A number from 1 to 2^32 − 1 of a name (FNV-1a). */
function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash >>> 0 || 1
}
