import type { DocumentPath } from './document-path'

/** Where the list of each kind of things is in a lab document. */
export const LIST_PATHS = {
  rack: ['spec', 'fabric', 'racks'],
  switch: ['spec', 'fabric', 'switches'],
  link: ['spec', 'fabric', 'links'],
  node: ['spec', 'nodes'],
  namespace: ['spec', 'cluster', 'namespaces'],
  workload: ['spec', 'cluster', 'workloads'],
  external: ['spec', 'external'],
  variant: ['spec', 'variants'],
  traffic: ['spec', 'traffic'],
  fault: ['spec', 'faults'],
  note: ['spec', 'view', 'notes'],
  shape: ['spec', 'view', 'shapes'],
  group: ['spec', 'view', 'groups'],
  object: ['spec', 'cluster', 'manifests'],
} as const satisfies Readonly<Record<string, DocumentPath>>

/** A kind of things that stand in a list of the document. */
export type ListedKind = keyof typeof LIST_PATHS
