import { asText, valueAt, type Given } from '#renderer/stores/given'
import type { FieldOwner, Outline } from '#renderer/stores/outline'
import { formatMessageSize, LAB_API_VERSION, type DocumentPath, type MessageSize } from '#shared/lab/index'
import { isWithin } from '#shared/lab/document-path'
import { externalSchema } from '#shared/lab/record/external'
import { faultSchema } from '#shared/lab/record/fault'
import { labSchema } from '#shared/lab/record/lab'
import { linkSchema } from '#shared/lab/record/link'
import { nodeSchema } from '#shared/lab/record/node'
import { switchSchema } from '#shared/lab/record/switch'
import { trafficSchema } from '#shared/lab/record/traffic'
import { uplinkSchema } from '#shared/lab/record/uplink'
import { variantSchema } from '#shared/lab/record/variant'
import { workloadSchema } from '#shared/lab/record/workload'
import {
  formatBitsPerSecond, formatBytes, formatIpv4Address, formatIpv4Interface, formatIpv4Prefix, formatNanos, formatQueueLimit,
  type BitsPerSecond, type Bytes, type Ipv4Address, type Ipv4Interface, type Ipv4Prefix, type Nanos, type QueueLimit,
} from '#shared/units/index'

import type { TextKind } from './text-kinds'

/** What a schema is asked here. */
interface Schema {
  readonly safeParse: (value: unknown) => { readonly success: boolean; readonly data?: unknown }
}

/** The schema of a lab answers without the keys that the file has around its parts. */
const labAsInFile: Schema = {
  safeParse: (value) => {
    const { success, data } = labSchema.safeParse(value)
    return { success, data: data === undefined ? undefined : { metadata: data, spec: data } }
  },
}

const schemas: Readonly<Partial<Record<FieldOwner['kind'], Schema>>> = {
  lab: labAsInFile,
  switch: switchSchema,
  node: nodeSchema,
  workload: workloadSchema,
  external: externalSchema,
  attachment: externalSchema,
  link: linkSchema,
  uplink: uplinkSchema,
  variant: variantSchema,
  traffic: trafficSchema,
  fault: faultSchema,
}

/** The least that each kind's schema asks for: with it, the schema answers the defaults of everything else. */
const least: Readonly<Partial<Record<FieldOwner['kind'], Given>>> = {
  lab: { apiVersion: LAB_API_VERSION, kind: 'Lab', metadata: { name: 'x' } },
  switch: { name: 'x' },
  node: { name: 'x' },
  workload: { name: 'x' },
  external: { name: 'x', address: '192.0.2.1', attach: 'x' },
  attachment: { name: 'x', address: '192.0.2.1', attach: 'x' },
  link: { ends: ['x', 'y'] },
  uplink: { switch: 'x' },
  variant: { name: 'x', cni: 'none' },
}

/**
 * What holds in a field while the file says nothing there: the default of its schema, which may depend on the rest of
 * the record. Undefined where there is none, or where the record is too faulty to tell.
 */
export function effectiveValue(outline: Outline, { kind, given, path }: FieldOwner, field: DocumentPath): unknown {
  if (kind === 'uplink') {
    // What an uplink does not say, it has from its node's NIC.
    const node = outline.nodes.find((item) => isWithin(path, item.path))
    if (node !== undefined) return effectiveValue(outline, node, [...path.slice(node.path.length), ...field])
  }
  const schema = schemas[kind]
  const read = schema?.safeParse(given)
  const record = read?.success === true ? read.data : schema?.safeParse(least[kind] ?? {}).data
  return valueAt(record, field)
}

/** Writes an effective value the way a field of a kind shows it. */
export function effectiveText(kind: TextKind, value: unknown): string {
  if (value === undefined || value === null) return ''
  switch (kind) {
    case 'rate':
      return formatBitsPerSecond(value as BitsPerSecond)
    case 'time':
      return formatNanos(value as Nanos)
    case 'size':
      return formatBytes(value as Bytes)
    case 'message':
      return formatMessageSize(value as MessageSize)
    case 'queue':
      return formatQueueLimit(value as QueueLimit)
    case 'address':
      return formatIpv4Address(value as Ipv4Address)
    case 'text':
    case 'whole':
    case 'decimal':
      return asText(value)
    case 'interface':
      return formatIpv4Interface(value as Ipv4Interface)
    case 'prefix':
      return formatIpv4Prefix(value as Ipv4Prefix)
  }
}
