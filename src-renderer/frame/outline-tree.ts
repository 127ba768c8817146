import { asText } from '#renderer/stores/given'
import { KINDS } from '#renderer/stores/kinds'
import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'
import type { IconName } from '#renderer/ui/index'

/** A line of the tree of a lab. */
export interface TreeNode {
  readonly key: string
  /** The thing it stands for; undefined for a heading. */
  readonly id: ObjectId | undefined
  readonly name: string
  readonly hint: string
  readonly icon: IconName
  readonly children: readonly TreeNode[]
}

/** A line of the tree that is in sight, with where it is in it. */
export interface TreeRow {
  readonly node: TreeNode
  /** From 1. */
  readonly level: number
  readonly position: number
  readonly siblings: number
  /** Undefined where there is nothing to open. */
  readonly expanded: boolean | undefined
  readonly parent: string | undefined
}

/** The whole lab as a tree: what is physical by rack, what is logical by namespace, then variants, traffic and drawings. */
export function outlineTree(outline: Outline): readonly TreeNode[] {
  const { racks, switches, nodes, external, namespaces, services, workloads, policies } = outline
  const byRack = groupBy([...switches, ...nodes], ({ rack }) => rack ?? '')
  const rackNames = new Set(racks.map(({ name }) => name))
  const onFloor = [...byRack].filter(([rack]) => !rackNames.has(rack)).flatMap(([, members]) => members)
  const byNamespace = groupBy([...services, ...workloads, ...policies], ({ namespace }) => namespace ?? '')
  const network = [
    ...external.map((host) => leaf(host)),
    ...onFloor.map((item) => leaf(item)),
    ...racks.map((rack) => leaf(rack, (byRack.get(rack.name) ?? []).map((item) => leaf(item)))),
  ]
  const cluster = [
    ...(byNamespace.get('') ?? []).map((item) => leaf(item)),
    ...namespaces.map((item) => leaf(item, (byNamespace.get(item.name) ?? []).map((member) => leaf(member)))),
  ]
  return [
    heading('Network', 'spine', network),
    heading('Cluster', 'namespace', cluster),
    heading('Variants', 'variant', outline.variants.map((item) => leaf(item))),
    heading('Traffic', 'traffic', outline.traffic.map((item) => leaf(item))),
    heading('Faults', 'fault', outline.faults.map((item) => leaf(item))),
    heading('Drawing', 'shape', [...outline.groups, ...outline.notes, ...outline.shapes].map((item) => leaf(item))),
  ].filter(({ children }) => children.length > 0)
}

/** The lines in sight: those whose ancestors are open; with a query, all that match it, and their ancestors. */
export function treeRows(tree: readonly TreeNode[], open: ReadonlySet<string>, query: string): readonly TreeRow[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean)
  const shown = words.length === 0 ? tree : tree.flatMap((node) => matching(node, words))
  return rowsOf(shown, 1, undefined, (key) => words.length > 0 || open.has(key))
}

/** The keys of everything around a thing: what has to be open for it to be in sight. */
export function ancestorsOf(tree: readonly TreeNode[], id: ObjectId): readonly string[] | undefined {
  for (const node of tree) {
    if (node.id === id) return []
    const below = ancestorsOf(node.children, id)
    if (below !== undefined) return [node.key, ...below]
  }
  return undefined
}

function leaf({ id, kind, name, given }: OutlineObject, children: readonly TreeNode[] = []): TreeNode {
  const replicas = kind === 'workload' ? `×${asText(given['replicas'], '1')}` : ''
  const hint = replicas || asText(given['address']) || asText(given['cni']) || (kind === 'policy' ? asText(given['kind']) : KINDS[kind].one)
  return { key: id, id, name: name || 'Unnamed', hint, icon: KINDS[kind].icon, children }
}

function heading(name: string, icon: IconName, children: readonly TreeNode[]): TreeNode {
  return { key: name, id: undefined, name, hint: String(children.length), icon, children }
}

function matching(node: TreeNode, words: readonly string[]): readonly TreeNode[] {
  const children = node.children.flatMap((child) => matching(child, words))
  const text = `${node.name} ${node.hint}`.toLowerCase()
  const fits = node.id !== undefined && words.every((word) => text.includes(word))
  if (fits && children.length === 0) return [{ ...node, children: node.children }]
  return children.length > 0 ? [{ ...node, children }] : []
}

function rowsOf(nodes: readonly TreeNode[], level: number, parent: string | undefined, isOpen: (key: string) => boolean): readonly TreeRow[] {
  return nodes.flatMap((node, index) => {
    const expanded = node.children.length === 0 ? undefined : isOpen(node.key)
    const row: TreeRow = { node, level, position: index + 1, siblings: nodes.length, expanded, parent }
    return expanded === true ? [row, ...rowsOf(node.children, level + 1, node.key, isOpen)] : [row]
  })
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
