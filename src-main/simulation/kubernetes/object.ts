import { DEFAULT_NAMESPACE, type Lab } from '#shared/lab/index'

import { FieldPlace, FieldReader, isObject, type FieldError } from './field-reader'
import type { Labels } from './label-selector'
import { checkLabels, dnsLabelProblems, dnsSubdomainProblems } from './names'

/** An object of the Kubernetes API, as YAML or JSON gives it. */
export interface ApiObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMetadata
  readonly [field: string]: unknown
}

/** The part of an object's metadata that is used. */
export interface ObjectMetadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly [field: string]: unknown
}

/** An object that was read: what it says, and what is wrong with it. */
export interface ReadObject<Content> {
  readonly content: Content
  readonly errors: readonly FieldError[]
}

/** `group/version` of an object: the group is empty for the core API. */
export function groupOf({ apiVersion }: Pick<ApiObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** `NetworkPolicy shop/backend`, as messages and verdicts name an object. */
export function objectTitle({ kind, metadata }: Pick<ApiObject, 'kind' | 'metadata'>): string {
  const { name, namespace } = metadata
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

/** The namespace of an object that belongs into one: the API server fills in `default`. */
export function namespaceOf({ metadata }: { readonly metadata: Pick<ObjectMetadata, 'namespace'> }): string {
  return metadata.namespace ?? DEFAULT_NAMESPACE
}

/** `namespace/name` of an object that belongs into a namespace. */
export function referenceOf(object: { readonly metadata: Pick<ObjectMetadata, 'name' | 'namespace'> }): string {
  return `${namespaceOf(object)}/${object.metadata.name}`
}

/** What an object asks for; empty where it has no spec. */
export function specOf(object: ApiObject): Readonly<Record<string, unknown>> {
  return isObject(object['spec']) ? object['spec'] : {}
}

/** The objects of a lab's manifests. */
export function manifestObjects({ cluster }: Lab): ApiObject[] {
  const manifests: readonly unknown[] = cluster.manifests
  return manifests.filter(isApiObject)
}

/** Whether a value has what every object has. */
export function isApiObject(value: unknown): value is ApiObject {
  return (
    isObject(value) &&
    isText(value['apiVersion']) &&
    isText(value['kind']) &&
    isObject(value['metadata']) &&
    isText(value['metadata']['name'])
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** Reads an object's fields after checking its metadata. Fields that a server adds are passed over. */
export function readApiObject<Content>(
  object: ApiObject,
  scope: 'namespaced' | 'cluster',
  read: (fields: FieldReader) => Content,
): ReadObject<Content> {
  const errors: FieldError[] = []
  const fields = new FieldReader(object, new FieldPlace('', errors))
  for (const known of ['apiVersion', 'kind', 'metadata', 'status']) fields.raw(known)
  checkMetadata(object.metadata, scope, fields.at('metadata'))
  const content = read(fields)
  fields.finish()
  return { content, errors }
}

function checkMetadata(metadata: ObjectMetadata, scope: 'namespaced' | 'cluster', place: FieldPlace): void {
  const { name, namespace } = metadata
  for (const problem of dnsSubdomainProblems(name)) place.field('name').invalid(name, problem)
  if (scope === 'cluster' && namespace !== undefined) place.field('namespace').forbidden('not allowed on this type')
  if (scope === 'namespaced' && namespace !== undefined) {
    for (const problem of dnsLabelProblems(namespace)) place.field('namespace').invalid(namespace, problem)
  }
  const labels = new FieldReader(metadata, place).strings('labels')
  if (labels !== undefined) checkLabels(labels, place.field('labels'))
}
