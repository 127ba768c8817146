import { valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import { lineInManifest } from './manifest-line'

/** An object of a manifest, and the place of the manifest in the document. */
export interface PlacedObject {
  readonly object: PlainMapping
  readonly path: DocumentPath
  /** Absent for an object that stands in the document itself. */
  readonly source?: ObjectSource
}

/** The file that an object is in. */
interface ObjectSource {
  readonly file: string
  readonly text: string
  /** How many objects the file has before it. */
  readonly number: number
}

/** A finding about a field of an object: at the field, or at the file that the object is in, with the line there. */
export function findingAt(
  { path, source }: PlacedObject,
  field: DocumentPath,
  { code, message, fix }: Omit<Finding, 'path'>,
): Finding {
  const rest = fix === undefined ? { code } : { code, fix }
  if (source === undefined) return { ...rest, path: [...path, ...field], message }
  const line = lineInManifest(source.text, source.number, field)
  const place = line === undefined ? source.file : `${source.file}:${line}`
  return { ...rest, path, message: `${place}: ${message}` }
}

/** `IPPool default-ipv4-ippool`, as messages name an object. */
export function titleOf({ object }: PlacedObject): string {
  const [namespace, name] = [valueAt(object, ['metadata', 'namespace']), valueAt(object, ['metadata', 'name'])]
  return `${shown(object['kind'])} ${typeof namespace === 'string' ? `${namespace}/` : ''}${shown(name)}`
}

/** A value in a message. */
export function shown(value: PlainValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A group and kind that an object is of, whatever the version; Calico stores its own in a group of another name. */
export function isOfKind({ object }: PlacedObject, group: string, kind: string): boolean {
  const version = object['apiVersion']
  if (object['kind'] !== kind || typeof version !== 'string') return false
  const given = version.includes('/') ? version.slice(0, version.indexOf('/')) : ''
  return given === group || given === `crd.${group}`
}

