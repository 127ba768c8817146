import type { RowTone } from '#renderer/charts/table-order'
import type { RecordedNode, RecordedPaths } from '#shared/contract/control-plane'
import type { DataTable } from '#shared/charts/index'

import { compared, holdsAt, pathText, routeText, stateAt, type Compared, type RowChange } from './at-time'

/** A table with how its rows stand out. */
export interface TonedTable {
  readonly table: DataTable
  readonly tones: readonly RowTone[]
  /** How many rows differ from the time before. */
  readonly changes: number
}

const TONES: Readonly<Record<RowChange, RowTone>> = { '': undefined, new: 'added', gone: 'removed', changed: 'changed' }

/** A table whose rows stand out by how they changed. */
export function toned(table: DataTable, changes: readonly RowChange[]): TonedTable {
  return { table, tones: changes.map((change) => TONES[change]), changes: changes.filter((change) => change !== '').length }
}

/** What is asked about a node's tables. */
export interface TableQuestion {
  readonly seconds: number
  /** What it is compared with; undefined for nothing. */
  readonly before: number | undefined
  readonly onlyChanges: boolean
}

function shown<Item>(rows: readonly Compared<Item>[], { onlyChanges }: TableQuestion): readonly Compared<Item>[] {
  return onlyChanges ? rows.filter(({ change }) => change !== '') : rows
}

/** The kernel's routing table at a time. */
export function routeTable({ name, routes }: RecordedNode, question: TableQuestion): TonedTable {
  const rows = shown(
    compared(routes, question.seconds, question.before, ({ prefix, by }) => `${prefix} ${by}`, routeText),
    question,
  ).toSorted((a, b) => byPrefix(a.item.prefix, b.item.prefix))
  return toned({
    caption: `Routes of ${name}, as ip route lists them.`,
    columns: [
      { key: 'change', label: 'Change', cells: rows.map(({ change }) => change || null) },
      { key: 'prefix', label: 'Prefix', cells: rows.map(({ item }) => item.prefix) },
      { key: 'next_hops', label: 'Next hops', cells: rows.map(({ item }) => routeText(item)) },
      { key: 'before', label: 'Before', cells: rows.map(({ before }) => before && routeText(before)).map((text) => text ?? null) },
      { key: 'written_by', label: 'Written by', cells: rows.map(({ item }) => item.by) },
      { key: 'since_s', label: 'Since', unit: 's', cells: rows.map(({ item }) => item.fromSeconds) },
    ],
  }, rows.map(({ change }) => change))
}

/** BGP's table at a time: a row for each path, the best of a prefix first. */
export function bgpTable({ name, paths }: RecordedNode, question: TableQuestion): TonedTable {
  const prefixes = shown(
    compared(paths, question.seconds, question.before, ({ prefix }) => prefix, (entry) => entry.paths.map(pathText).join()),
    question,
  ).toSorted((a, b) => byPrefix(a.item.prefix, b.item.prefix))
  const rows = prefixes.flatMap(pathRows)
  const texts = (of: (path: RecordedPaths['paths'][number]) => string): string[] => rows.map(({ path }) => of(path))
  return toned({
    caption: `Paths that BGP knows on ${name}; those in use lead to the kernel's routes.`,
    columns: [
      { key: 'change', label: 'Change', cells: rows.map(({ change }) => change || null) },
      { key: 'prefix', label: 'Prefix', cells: rows.map(({ prefix }) => prefix) },
      { key: 'used', label: 'Used', cells: texts(({ used }) => (used ? 'yes' : '')) },
      { key: 'next_hop', label: 'Next hop', cells: texts(({ nextHop }) => nextHop) },
      { key: 'from', label: 'From', cells: texts(({ from }) => from ?? 'own') },
      { key: 'as_path', label: 'AS path', cells: texts(({ asPath }) => asPath.join(' ') || 'none') },
      { key: 'local_pref', label: 'Local pref.', cells: rows.map(({ path }) => path.localPref) },
      { key: 'med', label: 'MED', cells: rows.map(({ path }) => path.med ?? null) },
      { key: 'origin', label: 'Origin', cells: texts(({ origin }) => origin) },
      { key: 'communities', label: 'Communities', cells: texts(({ communities }) => communities.join(' ')) },
      { key: 'originator', label: 'Originator', cells: rows.map(({ path }) => path.originatorId ?? null) },
      { key: 'cluster_list', label: 'Cluster list', cells: texts(({ clusterList }) => clusterList.join(' ')) },
      { key: 'stale', label: 'Stale', cells: texts(({ stale }) => (stale ? 'yes' : '')) },
    ],
  }, rows.map(({ change }) => change))
}

interface PathRow {
  readonly prefix: string
  readonly change: RowChange
  readonly path: RecordedPaths['paths'][number]
}

/** The paths of a prefix; where some of them are others than before, those alone stand out. */
function pathRows({ change, item, before }: Compared<RecordedPaths>): PathRow[] {
  const { prefix } = item
  if (before === undefined) return item.paths.map((path) => ({ prefix, change, path }))
  const [now, then] = [new Set(item.paths.map(pathText)), new Set(before.paths.map(pathText))]
  return [
    ...item.paths.map((path): PathRow => ({ prefix, change: then.has(pathText(path)) ? '' : 'new', path })),
    ...before.paths.filter((path) => !now.has(pathText(path))).map((path): PathRow => ({ prefix, change: 'gone', path })),
  ]
}

/** A node's BGP sessions at a time. */
export function sessionTable({ name, sessions }: RecordedNode, question: TableQuestion): TonedTable {
  const all = sessions.map((session) => {
    const state = stateAt(session.states, question.seconds)
    const old = question.before === undefined ? state : stateAt(session.states, question.before)
    const since = session.states.find((each) => holdsAt(each, question.seconds))?.fromSeconds ?? null
    const change: RowChange = state === old ? '' : 'changed'
    return { session, state, old, since, change }
  })
  const rows = question.onlyChanges ? all.filter(({ change }) => change !== '') : all
  return toned({
    caption: `BGP sessions of ${name} and their states (RFC 4271, section 8.2.2).`,
    columns: [
      { key: 'change', label: 'Change', cells: rows.map(({ change }) => change || null) },
      { key: 'peer', label: 'Peer', cells: rows.map(({ session }) => session.peer) },
      { key: 'address', label: 'Address', cells: rows.map(({ session }) => session.peerAddress) },
      { key: 'asn', label: 'AS', cells: rows.map(({ session }) => String(session.peerAsn)) },
      { key: 'client', label: 'Client', cells: rows.map(({ session }) => (session.client ? 'yes' : '')) },
      { key: 'state', label: 'State', cells: rows.map(({ state }) => state) },
      { key: 'before', label: 'Before', cells: rows.map(({ change, old }) => (change === '' ? null : old)) },
      { key: 'since_s', label: 'Since', unit: 's', cells: rows.map(({ since }) => since) },
    ],
  }, rows.map(({ change }) => change))
}

/** Messages that a node sent and events that it got, by protocol and kind. */
export function messageTable({ name, messages }: RecordedNode): DataTable {
  return {
    caption: `Messages of BGP that ${name} sent since its daemons started, and events of watches that it got, to the run's end.`,
    columns: [
      { key: 'protocol', label: 'Protocol', cells: messages.map(({ protocol }) => protocol) },
      { key: 'kind', label: 'Kind', cells: messages.map(({ kind }) => kind) },
      { key: 'count', label: 'Count', cells: messages.map(({ count }) => count) },
      { key: 'bytes', label: 'Bytes', unit: 'B', cells: messages.map(({ bytes }) => bytes ?? null) },
    ],
  }
}

/** In order of addresses, shorter prefixes first. */
function byPrefix(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
