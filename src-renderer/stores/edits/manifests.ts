import { parseAllDocuments } from 'yaml'

import { counted } from '#shared/analysis/index'
import type { LabChange, LabDocument, PlainMapping } from '#shared/lab/index'
import { LIST_PATHS } from '#shared/lab/list-paths'

import { asList, asObject, asText, isObject, valueAt, type Given } from '../given'

/** Deepest and longest text of manifests that is taken from a clipboard or file. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** The Kubernetes, Calico and Cilium objects of a text: documents one after the other, and lists of `kubectl get`. */
export function readManifests(text: string): readonly Given[] {
  if (text.length > MOST_CHARACTERS || !/^\s*"?(apiVersion|kind)"?\s*:/mu.test(text)) return []
  const documents = parseAllDocuments(text)
  const values = Array.isArray(documents) ? documents.filter(({ errors }) => errors.length === 0).map((document): unknown => document.toJS({ maxAliasCount: 100 })) : []
  return values.flatMap((value) => (isObject(value) && asText(value['kind']).endsWith('List') ? asList(value['items']) : [value])).filter(isManifest)
}

/** Puts objects at the end of the lab's manifests, without what a server adds to them; those that are there already are left out. */
export function addManifests(document: LabDocument, objects: readonly Given[]): LabChange {
  const manifests = asList(valueAt(document.value, LIST_PATHS.object))
  const present = new Set(manifests.map(asObject).map(identityOf))
  const values = objects.filter((object) => !present.has(identityOf(object))).map(withoutStatus)
  const operations = values.length === 0
    ? []
    : [{ op: 'insert', path: LIST_PATHS.object, index: manifests.length, values } as const]
  return { label: `Import ${counted(values.length, 'object')}`, operations }
}

function isManifest(value: unknown): value is Given {
  return isObject(value) && asText(value['apiVersion']) !== '' && asText(value['kind']) !== '' && asText(asObject(value['metadata'])['name']) !== ''
    && !asText(value['apiVersion']).startsWith('cnilab.dev/')
}

function identityOf(object: Given): string {
  const metadata = asObject(object['metadata'])
  return `${asText(object['apiVersion'])} ${asText(object['kind'])} ${asText(metadata['namespace'], 'default')}/${asText(metadata['name'])}`
}

/** What the API server wrote: status, and the metadata that no manifest has. */
function withoutStatus({ status: _status, metadata, ...rest }: Given): PlainMapping {
  const { uid: _uid, resourceVersion: _version, generation: _generation, creationTimestamp: _created, managedFields: _fields, selfLink: _link, ...kept } = asObject(metadata)
  return { ...rest, metadata: kept } as PlainMapping
}
