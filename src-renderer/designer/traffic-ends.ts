import { asName, asObject } from '#renderer/stores/given'
import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'

/** The things that entries of the traffic list begin and end at: workloads for pods, nodes, external hosts. */
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
  if (workload !== undefined) return `workload:${workload}`
  if (node !== undefined) return `node:${node}`
  return external === undefined ? undefined : `external:${external}`
}
