import { isObject } from '#main/simulation/kubernetes/field-reader'
import { formatIpv4Address, formatIpv4Interface, formatIpv4Prefix, type Ipv4Address, type Ipv4Interface, type Ipv4Prefix } from '#shared/units/index'

/** A mapping as files have it. */
export type PlainFields = Readonly<Record<string, unknown>>

/**
 * Settings as files have them, without those that are the plugin's own defaults. Addresses are texts again.
 * Requires: `usual` comes from the same schema as `settings`.
 */
export function plainSettings(settings: PlainFields, usual: PlainFields): PlainFields {
  const fields = Object.entries(settings).flatMap(([key, value]): [string, unknown][] => {
    const other = usual[key]
    if (value === undefined || JSON.stringify(value) === JSON.stringify(other)) return []
    if (!isGroup(value) || !isGroup(other)) return [[key, plainValue(value, key)]]
    const inner = plainSettings(value, other)
    return Object.keys(inner).length === 0 ? [] : [[key, inner]]
  })
  return Object.fromEntries(fields)
}

/** A group of settings, and no address that a schema made of a text. */
function isGroup(value: unknown): value is PlainFields {
  return isObject(value) && !isPrefix(value) && !isInterface(value)
}

function plainValue(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => plainValue(entry, key))
  if (isPrefix(value)) return formatIpv4Prefix(value)
  if (isInterface(value)) return formatIpv4Interface(value)
  if (isObject(value)) return plainSettings(value, {})
  return ADDRESSES.includes(key) && typeof value === 'number' ? formatIpv4Address(value as Ipv4Address) : value
}

/** Settings that are single addresses, which schemas make numbers of. */
const ADDRESSES = ['peerIP']

function isPrefix(value: unknown): value is Ipv4Prefix {
  return isObject(value) && 'network' in value && 'length' in value
}

function isInterface(value: unknown): value is Ipv4Interface {
  return isObject(value) && typeof value['address'] === 'number'
}
