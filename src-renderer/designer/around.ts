import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'

/** What is around a thing, outermost first: the rack of a node, the namespace of a service, the node of an uplink. */
export function aroundOf(outline: Outline, object: OutlineObject): readonly OutlineObject[] {
  const id = containerOf(outline, object)
  const container = id === undefined ? undefined : outline.byId.get(id)
  return container === undefined ? [] : [...aroundOf(outline, container), container]
}

function containerOf(outline: Outline, { id, kind }: OutlineObject): ObjectId | undefined {
  switch (kind) {
    case 'switch':
    case 'node': {
      const rack = [...outline.switches, ...outline.nodes].find((item) => item.id === id)?.rack
      return rack === undefined ? groupOf(outline, id) : `rack:${rack}`
    }
    case 'external':
      return groupOf(outline, id)
    case 'workload':
    case 'service':
    case 'policy': {
      const namespace = [...outline.workloads, ...outline.services, ...outline.policies].find((item) => item.id === id)?.namespace
      return namespace === undefined ? undefined : `namespace:${namespace}`
    }
    case 'uplink':
      return outline.links.find((item) => item.id === id)?.ends[0]
    default:
      return undefined
  }
}

function groupOf({ groups }: Outline, id: ObjectId): ObjectId | undefined {
  return groups.find(({ members }) => members.includes(id))?.id
}
