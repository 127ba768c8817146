import type { LabOperation } from '../change/lab-change'
import type { PlainMapping } from '../change/plain-value'
import type { LabDocument } from '../parse/lab-document'
import type { SwitchRole } from '../record/switch'
import type { CniName } from '../record/variant'
import type { Placement } from '../record/view'
import { edit, type LabEdit } from './edit'
import { isViewKind, LIST_PATHS, listAt, namesOf, textOf, uniqueName, VIEW_KEYS, type NamedKind } from './element'

/** Where a new thing goes on the canvas. */
export interface NewPlacement {
  readonly placement?: Placement | undefined
}

/** The step that puts an entry at the end of a kind's list. */
export function append(document: LabDocument, kind: NamedKind | 'link', value: PlainMapping): LabOperation {
  const path = LIST_PATHS[kind]
  return { op: 'insert', path, index: listAt(document, path).length, values: [value] }
}

function addNamed(
  document: LabDocument,
  kind: NamedKind,
  value: PlainMapping & { name: string },
  placement?: Placement,
): LabEdit {
  const name = kind === 'workload' ? `${textOf(value, 'namespace') ?? 'default'}/${value.name}` : value.name
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

/** Adds a workload of one replica in the namespace `default`, on the nodes given or on all. */
export function addWorkload(
  document: LabDocument,
  { nodes, placement }: NewPlacement & { nodes?: readonly string[] | undefined } = {},
): LabEdit {
  const name = uniqueName(document, 'workload', 'app')
  return addNamed(
    document,
    'workload',
    { name, namespace: 'default', labels: { app: name }, replicas: 1, nodes },
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
