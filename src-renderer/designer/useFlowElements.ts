import { useVueFlow, type Edge, type NodeSelectionChange } from '@vue-flow/core'
import { computed, nextTick, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel, CanvasRelation } from './canvas-elements'
import { flowEdges, flowNodes, flowRelations, type FlowEdge, type FlowNode } from './flow-elements'

/** What `useFlowElements` gives. */
export interface FlowElements {
  /** For Vue Flow's `nodes` and `edges`: replaced when things come or go. */
  readonly nodes: Readonly<ShallowRef<FlowNode[]>>
  readonly edges: ComputedRef<(FlowEdge | Edge<CanvasRelation>)[]>
  /** Puts cards back where the model has them, after a gesture that moved them and changed nothing. */
  readonly restore: (ids: Iterable<ObjectId>) => void
}

/**
 * Keeps Vue Flow's elements in line with what is to be drawn. Handing it whole arrays makes all elements anew, which
 * takes a second for a thousand; so most edits, which change a few cards, change those cards. `drawn` says which things are
 * elements at all.
 */
export function useFlowElements(
  model: () => CanvasModel, selected: () => ReadonlySet<ObjectId>, drawn: () => ReadonlySet<ObjectId>,
): FlowElements {
  const flow = useVueFlow('lab')
  const isDrawn = ({ ends: [a, b] }: { readonly ends: readonly [ObjectId, ObjectId] }): boolean => drawn().has(a) && drawn().has(b)
  const nodesNow = (): FlowNode[] => flowNodes(model().items.filter(({ id }) => drawn().has(id)), selected())
  const edgesNow = (): FlowEdge[] => flowEdges(model().links.filter(isDrawn), selected())
  const nodes = shallowRef(nodesNow())
  const edges = shallowRef(edgesNow())
  const relations = shallowRef(flowRelations(model().relations.filter(isDrawn)))
  /** What Vue Flow was last told of each element. */
  let known = elementsById(nodes.value, edges.value)

  watch([model, drawn], () => {
    const nextRelations = flowRelations(model().relations.filter(isDrawn))
    if (nextRelations.map(({ id }) => id).join() !== relations.value.map(({ id }) => id).join()) relations.value = nextRelations
    const nextNodes = nodesNow()
    const nextEdges = edgesNow()
    if (sameOrder(nodes.value, nextNodes) && sameOrder(edges.value, nextEdges)) {
      for (const node of nextNodes) if (differs(node)) flow.updateNode(node.id, placed(node))
      for (const edge of nextEdges) if (differs(edge)) Object.assign(flow.findEdge(edge.id) ?? {}, { data: edge.data, ariaLabel: edge.ariaLabel })
    } else {
      nodes.value = nextNodes
      edges.value = nextEdges
    }
    known = elementsById(nextNodes, nextEdges)
  })

  watch(selected, (now, before) => {
    const changed = [...new Set([...now, ...before])].filter((id) => now.has(id) !== before.has(id))
    const change = (id: ObjectId): NodeSelectionChange => ({ type: 'select', id, selected: now.has(id) })
    flow.applyNodeChanges(changed.filter((id) => flow.findNode(id) !== undefined).map(change))
    flow.applyEdgeChanges(changed.filter((id) => flow.findEdge(id) !== undefined).map(change))
  })

  function differs(element: FlowNode | FlowEdge): boolean {
    return signatureOf(element) !== known.get(element.id)
  }

  function restore(ids: Iterable<ObjectId>): void {
    void nextTick(() => {
      const byId = new Map(nodesNow().map((node) => [node.id, node]))
      for (const id of ids) {
        const node = byId.get(id)
        if (node !== undefined) flow.updateNode(id, { position: node.position, style: node.style! })
      }
    })
  }

  return { nodes, edges: computed(() => [...edges.value, ...relations.value]), restore }
}

/** Whether two lists are of the same elements, nodes in the same racks, so that none has come or gone. */
function sameOrder(a: readonly (FlowNode | FlowEdge)[], b: readonly (FlowNode | FlowEdge)[]): boolean {
  const key = (element: FlowNode | FlowEdge): string => ('position' in element ? `${element.id} ${element.parentNode ?? ''}` : element.id)
  return a.length === b.length && a.every((element, index) => key(element) === key(b[index]!))
}

function elementsById(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): ReadonlyMap<string, string> {
  return new Map([...nodes, ...edges].map((element) => [element.id, signatureOf(element)]))
}

/** All that decides how an element looks, as one text: texts are compared faster than what they are made of. */
function signatureOf(element: FlowNode | FlowEdge): string {
  if (!('position' in element)) {
    const { label, rate, full, load, ports, bundle, bends, severity } = element.data!
    return [label, rate, full, load?.share, load?.text, ...ports, ...bundle, severity, ...bends.flatMap(({ x, y }) => [x, y])].join('|')
  }
  const { position: { x, y }, zIndex, parentNode, draggable } = element
  const data = element.data!
  const { box, label, name, detail, severity } = data
  const own = data.kind === 'node' ? data.pods.map((pod) => `${pod.text} ${pod.severity}`).join()
    : data.kind === 'note' ? data.text
    : data.kind === 'shape' ? `${data.text} ${data.form} ${data.colour}`
    : ''
  return [x, y, box.x, box.y, box.width, box.height, label, name, detail, severity, zIndex, parentNode, draggable, own].join('|')
}

/** What of a card an edit may change. */
function placed({ position, style, data, ariaLabel, draggable, zIndex }: FlowNode): Partial<FlowNode> {
  return { position, style: style!, data: data!, ariaLabel: ariaLabel!, draggable: draggable!, zIndex: zIndex! }
}
