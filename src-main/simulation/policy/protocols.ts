import { IP_PROTOCOLS } from '#shared/lookup/policy/index'

const numbers = new Map(Object.entries(IP_PROTOCOLS).map(([name, number]) => [name.toLowerCase(), number]))

/** The number of an IP protocol given by name or number; −1 for names that are none, which only "any" matches. */
export function protocolNumber(protocol: string | number): number {
  if (typeof protocol === 'number') return protocol
  return /^\d+$/u.test(protocol) ? Number(protocol) : (numbers.get(protocol.toLowerCase()) ?? -1)
}

/** Protocols with ports. */
export const PORT_PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const
