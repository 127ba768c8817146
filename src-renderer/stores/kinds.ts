import type { ObjectKind } from './outline'

/** What things of each kind are called, and the icon that stands for them. */
export const KINDS = {
  rack: { one: 'Rack', many: 'racks', icon: 'rack' },
  switch: { one: 'Switch', many: 'switches', icon: 'switch' },
  node: { one: 'Node', many: 'nodes', icon: 'node' },
  namespace: { one: 'Namespace', many: 'namespaces', icon: 'namespace' },
  workload: { one: 'Workload', many: 'workloads', icon: 'workload' },
  service: { one: 'Service', many: 'services', icon: 'service' },
  policy: { one: 'Policy', many: 'policies', icon: 'policy' },
  external: { one: 'External host', many: 'external hosts', icon: 'external' },
  note: { one: 'Note', many: 'notes', icon: 'note' },
  shape: { one: 'Shape', many: 'shapes', icon: 'shape' },
  group: { one: 'Group', many: 'groups', icon: 'group' },
  link: { one: 'Link', many: 'links', icon: 'link' },
  uplink: { one: 'Uplink', many: 'uplinks', icon: 'link' },
  attachment: { one: 'Link', many: 'links', icon: 'link' },
  variant: { one: 'Variant', many: 'variants', icon: 'variant' },
  fault: { one: 'Fault', many: 'faults', icon: 'fault' },
  traffic: { one: 'Traffic', many: 'traffic entries', icon: 'traffic' },
} as const satisfies Readonly<Record<ObjectKind, { readonly one: string; readonly many: string; readonly icon: string }>>
