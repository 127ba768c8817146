import type { ApiObject } from '#main/simulation/kubernetes/object'

/** An object, or a part of one, that the lab does not hold. */
export interface LeftOut {
  /** `ConfigMap kube-system/coredns`. */
  readonly object: string
  readonly reason: string
}

/** What an import works on: objects by kind, and what has been left out so far. */
export class ClusterImport {
  readonly leftOut: LeftOut[] = []
  private readonly byKind = new Map<string, ApiObject[]>()

  /** Takes objects to work on. */
  add(objects: readonly ApiObject[]): void {
    for (const object of objects) {
      const known = this.byKind.get(object.kind)
      if (known === undefined) this.byKind.set(object.kind, [object])
      else known.push(object)
    }
  }

  /** The objects of a kind, in the order given. */
  ofKind(kind: string): readonly ApiObject[] {
    return this.byKind.get(kind) ?? []
  }

  /** All kinds, in the order of their first objects. */
  get kinds(): readonly string[] {
    return [...this.byKind.keys()]
  }

  /** Notes what the lab does not hold. */
  leaveOut(object: string, reason: string): void {
    this.leftOut.push({ object, reason })
  }
}

/** What is at a path of an object; undefined where nothing is. */
export function fieldOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Readonly<Record<string | number, unknown>>)[step]
  }
  return here ?? undefined
}

/** A text at a path. */
export function textOf(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = fieldOf(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** A list at a path; empty where there is none. */
export function listOf(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = fieldOf(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Whether an object was made for the traffic of an exported lab, which its file has, too. */
export function standsForTraffic({ metadata }: ApiObject): boolean {
  return metadata.labels?.['cnilab.dev/traffic'] !== undefined
}
