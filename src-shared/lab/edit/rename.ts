import type { LabOperation } from '../change/lab-change'
import { mentionsIn, parsePodName, type Mention } from '../mentions'
import { isLabelName, isPlainName } from '../name-schemas'
import type { LabDocument } from '../parse/lab-document'
import { edit, type LabEdit } from './edit'
import { namesOf, pathOf, type NamedKind } from './element'

/** A thing that has a name. */
export interface NamedRef {
  readonly kind: NamedKind
  readonly name: string
}

/** Why a thing cannot have a name; undefined where it can. The name of a workload is given without its namespace. */
export function whyNotRename(document: LabDocument, element: NamedRef, name: string): string | undefined {
  const isObject = element.kind === 'workload' || element.kind === 'namespace' || element.kind === 'object'
  if (isObject && !isLabelName(name)) return 'Up to 63 of a-z, 0-9 and "-", not "-" at the ends.'
  if (!isPlainName(name)) return 'Up to 100 characters without white space and "/".'
  const full = referenceName(element, name)
  const taken = full !== element.name && namesOf(document, element.kind).includes(full)
  const what = element.kind === 'object' ? element.name.split(' ')[0]! : element.kind
  return taken ? `There is a ${what} ${name} already.` : undefined
}

/**
 * Gives a thing another name, wherever it is mentioned: a switch in links and uplinks, a workload in traffic and in the
 * names of its pods. Where another thing of the kind has the old name too, what is mentioned so stays with that one.
 * Throws an Error when the thing is not there.
 */
export function renameElement(document: LabDocument, element: NamedRef, name: string): LabEdit {
  const path = pathOf(document, element)
  if (path === undefined) throw new Error(`There is no ${element.kind} ${element.name}`)
  const isOnly = namesOf(document, element.kind).filter((other) => other === element.name).length === 1
  const mentions = isOnly ? mentionsIn(document.value) : []
  const ownPath = element.kind === 'object' ? [...path, 'metadata', 'name'] : [...path, 'name']
  const own: LabOperation = { op: 'set', path: ownPath, value: name }
  return edit(
    `Rename ${element.kind} ${element.name} to ${name}`,
    [own, ...mentions.flatMap((mention) => renameMention(mention, element, name))],
    [{ kind: element.kind, name: referenceName(element, name) }],
  )
}

/** How a thing is referred to under a new name. */
function referenceName(element: NamedRef, name: string): string {
  const hasPrefix = element.kind === 'workload' || element.kind === 'object'
  return hasPrefix ? `${element.name.split('/')[0]!}/${name}` : name
}

function renameMention(mention: Mention, element: NamedRef, name: string): LabOperation[] {
  const to = newName(mention, element, name)
  return to === undefined ? [] : rewriteMention(mention, to)
}

function rewriteMention(mention: Mention, to: string): LabOperation[] {
  if (mention.isKey !== true) {
    return [{ op: 'set', path: mention.path, value: mention.isMember === true ? `${mention.kind}/${to}` : to }]
  }
  return [{ op: 'rename-key', path: mention.path.slice(0, -1), from: mention.name, to }]
}

function newName(mention: Mention, element: NamedRef, name: string): string | undefined {
  const { kind } = mention
  if (element.kind === 'namespace') return inRenamedNamespace(mention, element.name, name)
  if (kind === 'pod') {
    const pod = element.kind === 'workload' ? parsePodName(mention.name) : undefined
    return pod?.workload === element.name ? `${referenceName(element, name)}-${pod.index}` : undefined
  }
  if (kind === 'service' && element.kind === 'object') {
    return element.name === `Service ${mention.name}` ? referenceName(element, name).slice('Service '.length) : undefined
  }
  const concerned = kind === 'link-end' ? element.kind === 'switch' || element.kind === 'node' : kind === element.kind
  return concerned && mention.name === element.name ? referenceName(element, name) : undefined
}

/** Names of the form `namespace/name` change with their namespace. */
function inRenamedNamespace({ kind, name }: Mention, from: string, to: string): string | undefined {
  if (kind === 'namespace') return name === from ? to : undefined
  if (kind === 'object') return name.includes(` ${from}/`) ? name.replace(` ${from}/`, ` ${to}/`) : undefined
  const isObject = kind === 'workload' || kind === 'pod' || kind === 'service'
  return isObject && name.startsWith(`${from}/`) ? to + name.slice(from.length) : undefined
}

/** Why a workload or object cannot be in a namespace; undefined where it can. */
export function whyNotAssignNamespace(document: LabDocument, element: NamedRef, namespace: string): string | undefined {
  const full = inNamespace(element.name, namespace)
  const taken = full !== element.name && namesOf(document, element.kind).includes(full)
  return taken ? `Namespace ${namespace} has ${full.replace(/^.*\//u, '')} already.` : undefined
}

/**
 * Moves a workload or an object of the manifests into a namespace, and what mentions it along. Throws an Error when it
 * is not there.
 */
export function assignNamespace(document: LabDocument, element: NamedRef, namespace: string): LabEdit {
  const path = pathOf(document, element)
  if (path === undefined) throw new Error(`There is no ${element.kind} ${element.name}`)
  const full = inNamespace(element.name, namespace)
  const own: LabOperation = {
    op: 'set', path: element.kind === 'object' ? [...path, 'metadata', 'namespace'] : [...path, 'namespace'], value: namespace,
  }
  const mentions = mentionsIn(document.value).flatMap((mention) => {
    const to = movedName(mention, element, full)
    return to === undefined ? [] : rewriteMention(mention, to)
  })
  return edit(`Move ${full.replace(/^.*\//u, '')} to namespace ${namespace}`, [own, ...mentions], [{ kind: element.kind, name: full }])
}

/** `default/web` or `Service default/web` in another namespace. */
function inNamespace(name: string, namespace: string): string {
  return name.replace(/^(.* )?[^/]*\//u, (_match, kind: string | undefined) => `${kind ?? ''}${namespace}/`)
}

function movedName(mention: Mention, element: NamedRef, full: string): string | undefined {
  if (mention.kind === 'pod' && element.kind === 'workload') {
    const pod = parsePodName(mention.name)
    return pod?.workload === element.name ? `${full}-${pod.index}` : undefined
  }
  if (mention.kind === 'service' && element.kind === 'object') {
    return element.name === `Service ${mention.name}` ? full.slice('Service '.length) : undefined
  }
  return mention.kind === element.kind && mention.name === element.name ? full : undefined
}
