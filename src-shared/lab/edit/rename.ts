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
  const isObject = element.kind === 'workload' || element.kind === 'namespace'
  if (isObject && !isLabelName(name)) return 'Up to 63 of a-z, 0-9 and "-", not "-" at the ends.'
  if (!isPlainName(name)) return 'Up to 100 characters without white space and "/".'
  const full = referenceName(element, name)
  const taken = full !== element.name && namesOf(document, element.kind).includes(full)
  return taken ? `There is a ${element.kind} ${name} already.` : undefined
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
  const own: LabOperation = { op: 'set', path: [...path, 'name'], value: name }
  return edit(
    `Rename ${element.kind} ${element.name} to ${name}`,
    [own, ...mentions.flatMap((mention) => renameMention(mention, element, name))],
    [{ kind: element.kind, name: referenceName(element, name) }],
  )
}

/** How a thing is referred to under a new name. */
function referenceName(element: NamedRef, name: string): string {
  return element.kind === 'workload' ? `${element.name.split('/')[0]!}/${name}` : name
}

function renameMention(mention: Mention, element: NamedRef, name: string): LabOperation[] {
  const to = newName(mention, element, name)
  if (to === undefined) return []
  if (mention.isKey !== true) return [{ op: 'set', path: mention.path, value: to }]
  return [{ op: 'rename-key', path: mention.path.slice(0, -1), from: mention.name, to }]
}

function newName(mention: Mention, element: NamedRef, name: string): string | undefined {
  const { kind } = mention
  if (element.kind === 'namespace') return inRenamedNamespace(mention, element.name, name)
  if (kind === 'pod') {
    const pod = element.kind === 'workload' ? parsePodName(mention.name) : undefined
    return pod?.workload === element.name ? `${referenceName(element, name)}-${pod.index}` : undefined
  }
  const concerned = kind === 'link-end' ? element.kind === 'switch' || element.kind === 'node' : kind === element.kind
  return concerned && mention.name === element.name ? referenceName(element, name) : undefined
}

/** Names of the form `namespace/name` change with their namespace. */
function inRenamedNamespace({ kind, name }: Mention, from: string, to: string): string | undefined {
  if (kind === 'namespace') return name === from ? to : undefined
  const isObject = kind === 'workload' || kind === 'pod' || kind === 'service'
  return isObject && name.startsWith(`${from}/`) ? to + name.slice(from.length) : undefined
}
