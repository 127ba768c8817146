import type { LabOperation } from '../change/lab-change'
import { isList, isMapping, valueAt, type PlainMapping } from '../change/plain-value'
import { LIST_PATHS, type ListedKind } from '../list-paths'
import type { LabDocument } from '../parse/lab-document'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import type { SwitchRole } from '../record/switch'
import type { CniName } from '../record/variant'
import type { Placement, Shape } from '../record/view'
import { edit, type LabEdit } from './edit'
import { isViewKind, listAt, nameOf, namesOf, textOf, uniqueName, VIEW_KEYS, type ElementRef, type NamedKind } from './element'

/** Where a new thing goes on the canvas. */
export interface NewPlacement {
  readonly placement?: Placement | undefined
}

/** The step that puts an entry at the end of a kind's list. */
export function append(document: LabDocument, kind: ListedKind, value: PlainMapping): LabOperation {
  const path = LIST_PATHS[kind]
  return { op: 'insert', path, index: listAt(document, path).length, values: [value] }
}

function addNamed(
  document: LabDocument,
  kind: NamedKind,
  value: PlainMapping & { name: string },
  placement?: Placement,
): LabEdit {
  const name = nameOf(kind, value) ?? value.name
  const place: LabOperation[] =
    placement === undefined || !isViewKind(kind)
      ? []
      : [{ op: 'set', path: ['spec', 'view', VIEW_KEYS[kind], name], value: { ...placement } }]
  return edit(`Add ${kind} ${value.name}`, [append(document, kind, value), ...place], [{ kind, name }])
}

/** Adds a rack. */
export function addRack(document: LabDocument, { placement }: NewPlacement = {}): LabEdit {
  return addNamed(document, 'rack', { name: uniqueName(document, 'rack', 'rack') }, placement)
}

/** Adds a switch, in a rack or not. */
export function addSwitch(
  document: LabDocument,
  { role, rack, placement }: NewPlacement & { role: SwitchRole; rack?: string | undefined },
): LabEdit {
  return addNamed(document, 'switch', { name: uniqueName(document, 'switch', role), role, rack }, placement)
}

/**
 * Adds a node, in a rack or not. In a rack with a top-of-rack switch it gets an uplink to the first of them. What it
 * says of CPU and NIC is what defaults would say, written out so that there is something to change.
 */
export function addNode(
  document: LabDocument,
  { rack, placement }: NewPlacement & { rack?: string | undefined } = {},
): LabEdit {
  const value = {
    name: uniqueName(document, 'node', 'node'),
    rack,
    cpu: { cores: 8, ghz: 3 },
    nic: { rate: '25Gbit', mtu: 1500 },
    uplinks: rackSwitch(document, rack),
  }
  return addNamed(document, 'node', value, placement)
}

function rackSwitch(document: LabDocument, rack: string | undefined): PlainMapping[] {
  if (rack === undefined) return []
  const tor = listAt(document, LIST_PATHS.switch).find((item) => {
    return textOf(item, 'rack') === rack && (textOf(item, 'role') ?? 'tor') === 'tor'
  })
  const name = textOf(tor, 'name')
  return name === undefined ? [] : [{ switch: name }]
}

/** Adds a workload of one replica, in the namespace `default` unless another is given, on the nodes given or on all. */
export function addWorkload(
  document: LabDocument,
  { nodes, namespace = DEFAULT_NAMESPACE, placement }: NewPlacement & { nodes?: readonly string[] | undefined; namespace?: string | undefined } = {},
): LabEdit {
  const name = uniqueName(document, 'workload', 'app', namespace)
  return addNamed(
    document,
    'workload',
    { name, namespace, labels: { app: name }, replicas: 1, nodes },
    placement,
  )
}

/** Adds an external host with a free address of 203.0.113.0/24 (RFC 5737), linked to a switch or not yet. */
export function addExternal(
  document: LabDocument,
  { attach, placement }: NewPlacement & { attach?: string | undefined } = {},
): LabEdit {
  const name = uniqueName(document, 'external', 'external')
  const taken = new Set(listAt(document, LIST_PATHS.external).map((item) => textOf(item, 'address')))
  return addNamed(document, 'external', { name, address: freeExternalAddress(taken), attach }, placement)
}

/** The first address of TEST-NET-3 (RFC 5737), from .10 on, that is not taken; the last where all are. */
function freeExternalAddress(taken: ReadonlySet<string | undefined>): string {
  let host = 10
  while (host < 254 && taken.has(`203.0.113.${host}`)) host += 1
  return `203.0.113.${host}`
}

/** Adds a note. */
export function addNote(document: LabDocument, { text, placement }: { text: string; placement: Placement }): LabEdit {
  const name = uniqueName(document, 'note', 'note')
  return edit('Add note', [append(document, 'note', { name, text, ...placement })], [{ kind: 'note', name }])
}

/** Adds a shape behind everything. */
export function addShape(
  document: LabDocument,
  { form, colour = 'grey', placement }: { form: Shape['form']; colour?: Shape['colour']; placement: Placement },
): LabEdit {
  const name = uniqueName(document, 'shape', form)
  return edit(`Add ${form}`, [append(document, 'shape', { name, form, colour, ...placement })], [{ kind: 'shape', name }])
}

/** Adds a group of switches, nodes and external hosts; other things are left out. */
export function addGroup(document: LabDocument, elements: readonly ElementRef[]): LabEdit {
  const name = uniqueName(document, 'group', 'group')
  const members = elements.flatMap((element) =>
    element.kind === 'switch' || element.kind === 'node' || element.kind === 'external' ? [`${element.kind}/${element.name}`] : [])
  return edit(`Group ${members.length} things`, [append(document, 'group', { name, members })], [{ kind: 'group', name }])
}

/** Adds a namespace. */
export function addNamespace(document: LabDocument, { placement }: NewPlacement = {}): LabEdit {
  return addNamed(document, 'namespace', { name: uniqueName(document, 'namespace', 'team') }, placement)
}

/** Adds a service of a workload's pods where one is given, else of pods labelled with the service's name. */
export function addService(
  document: LabDocument,
  { namespace = DEFAULT_NAMESPACE, workload, placement }: NewPlacement & { namespace?: string | undefined; workload?: PlainMapping | undefined } = {},
): LabEdit {
  const name = freeObjectName(document, 'Service', namespace, textOf(workload, 'name') ?? 'service')
  const ports = workload?.['ports']
  const target = isList(ports) ? valueAt(ports, [0, 'port']) : undefined
  return addObject(document, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labelsOf(workload) ?? { app: name }, ports: [{ port: 80, targetPort: target ?? 8080 }] },
  }, placement)
}

/** Adds a NetworkPolicy that lets nothing in to a workload's pods where one is given, else to all of its namespace. */
export function addPolicy(
  document: LabDocument,
  { namespace = DEFAULT_NAMESPACE, workload, placement }: NewPlacement & { namespace?: string | undefined; workload?: PlainMapping | undefined } = {},
): LabEdit {
  const labels = labelsOf(workload)
  const base = workload === undefined ? 'deny-ingress' : `${textOf(workload, 'name') ?? 'app'}-policy`
  return addObject(document, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: freeObjectName(document, 'NetworkPolicy', namespace, base), namespace },
    spec: { podSelector: labels === undefined ? {} : { matchLabels: labels }, policyTypes: ['Ingress'] },
  }, placement)
}

/** Adds objects to the manifests, each under a name that no other of its kind has in its namespace. */
export function addObjects(document: LabDocument, objects: readonly (PlainMapping & { readonly kind: string })[], label: string): LabEdit {
  const list = listAt(document, LIST_PATHS.object)
  const named = objects.map((object) => {
    const { namespace, name } = object['metadata'] as { readonly namespace?: string; readonly name: string }
    const free = freeObjectName(document, object.kind, namespace ?? DEFAULT_NAMESPACE, name)
    return { ...object, metadata: { ...(object['metadata'] as PlainMapping), name: free } }
  })
  const selects = named.map((object): ElementRef => ({ kind: 'object', name: nameOf('object', object) ?? object.kind }))
  return edit(label, [{ op: 'insert', path: LIST_PATHS.object, index: list.length, values: named }], selects)
}

/** Adds an object to the manifests. */
function addObject(document: LabDocument, object: PlainMapping & { kind: string }, placement?: Placement): LabEdit {
  const name = nameOf('object', object) ?? object.kind
  const place: LabOperation[] =
    placement === undefined ? [] : [{ op: 'set', path: ['spec', 'view', 'objects', name], value: { ...placement } }]
  const label = `Add ${name.replace(/ .*\//u, ' ')}`
  return edit(label, [append(document, 'object', object), ...place], [{ kind: 'object', name }])
}

function labelsOf(workload: PlainMapping | undefined): PlainMapping | undefined {
  const labels = workload?.['labels']
  return isMapping(labels) && Object.keys(labels).length > 0 ? labels : undefined
}

/** `base`, or `base-2`, `base-3`, … where an object of the kind has the name in the namespace. */
function freeObjectName(document: LabDocument, kind: string, namespace: string, base: string): string {
  const taken = new Set(namesOf(document, 'object'))
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!taken.has(`${kind} ${namespace}/${name}`)) return name
  }
}

/** Adds a variant; without settings, the plugin as freshly installed. */
export function addVariant(
  document: LabDocument,
  { cni, settings, name }: { cni: CniName; settings?: PlainMapping | undefined; name?: string | undefined },
): LabEdit {
  const wanted = name ?? (cni === 'none' ? 'host' : cni)
  const free = namesOf(document, 'variant').includes(wanted) ? uniqueName(document, 'variant', wanted) : wanted
  return addNamed(document, 'variant', { name: free, cni, settings })
}

/** Adds an entry to the traffic list; its ends are written as in a lab file: `{ pod: 'default/client-0' }`. */
export function addTraffic(
  document: LabDocument,
  traffic: PlainMapping & { kind: string; from: PlainMapping; to: PlainMapping; name?: string | undefined },
): LabEdit {
  const { kind, from, to, name = uniqueName(document, 'traffic', kind), ...rest } = traffic
  return addNamed(document, 'traffic', { name, kind, from, to, ...rest })
}

/** Adds something that breaks, written as in a lab file. */
export function addFault(document: LabDocument, fault: PlainMapping & { kind: string }): LabEdit {
  const index = listAt(document, LIST_PATHS.fault).length
  return edit(`Add fault ${fault.kind}`, [append(document, 'fault', fault)], [{ kind: 'fault', index }])
}
