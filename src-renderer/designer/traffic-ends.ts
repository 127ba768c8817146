import { asName, asObject } from '#renderer/stores/given'
import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'

/** What is marked while other things are selected: the ends of traffic, and what faults hit. */
export function shownWith(outline: Outline, objects: readonly OutlineObject[]): ReadonlySet<ObjectId> {
  const selected = new Set(objects.map(({ id }) => id))
  const hits = outline.faults.filter(({ id }) => selected.has(id)).flatMap(({ hits: ids }) => ids)
  return new Set([...trafficEnds(outline, objects), ...hits])
}

/** The things that entries of the traffic list begin and end at: workloads for pods, nodes, external hosts, services. */
export function trafficEnds(outline: Outline, objects: readonly OutlineObject[]): ReadonlySet<ObjectId> {
  const ids = objects
    .filter(({ kind }) => kind === 'traffic')
    .flatMap(({ given }) => [endId(given['from']), endId(given['to'])])
    .filter((id) => id !== undefined && outline.byId.has(id))
  return new Set(ids as ObjectId[])
}

function endId(end: unknown): ObjectId | undefined {
  const given = asObject(end)
  const pod = asName(given['pod'])
  const workload = asName(given['workload']) ?? pod?.replace(/-\d+$/u, '')
  const node = asName(given['node'])
  const external = asName(given['external'])
  const service = asName(given['service'])
  if (workload !== undefined) return `workload:${workload}`
  if (node !== undefined) return `node:${node}`
  if (service !== undefined) return `service:${service}`
  return external === undefined ? undefined : `external:${external}`
}
