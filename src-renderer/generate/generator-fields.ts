import type { GeneratorOptions } from '#shared/lab/index'

/** A field of the generator: a number or a text of its options. */
export interface GeneratorField {
  readonly key: { [Key in keyof GeneratorOptions]: GeneratorOptions[Key] extends string | number ? Key : never }[keyof GeneratorOptions]
  readonly label: string
  readonly hint: string
  /** The fabrics that it is about; absent where that is all. */
  readonly fabrics?: readonly GeneratorOptions['fabric'][]
}

const RACKED = ['leaf-spine', 'clos'] as const

/** The fields of the generator in their sections. */
export const GENERATOR_SECTIONS: readonly { readonly title: string; readonly fields: readonly GeneratorField[] }[] = [
  {
    title: 'Size',
    fields: [
      { key: 'racks', label: 'Racks', hint: '1 to 200', fabrics: RACKED },
      { key: 'nodesPerRack', label: 'Nodes per rack', hint: '1 to 100; of a flat network, all nodes, up to 250' },
      { key: 'podsPerNode', label: 'Pods per node', hint: 'Half clients, half servers' },
    ],
  },
  {
    title: 'Network',
    fields: [
      { key: 'spines', label: 'Spines', hint: 'Of a Clos: in each pod, and as many super-spines', fabrics: RACKED },
      { key: 'racksPerPod', label: 'Racks per pod', hint: 'That share spines, under the super-spines', fabrics: ['clos'] },
      { key: 'oversubscription', label: 'Oversubscribed, n:1', hint: 'What the nodes of a rack can send to what its uplinks carry; 1 is non-blocking', fabrics: RACKED },
      { key: 'nicGbit', label: 'NIC, Gbit/s', hint: 'Rate of each node' },
      { key: 'mtu', label: 'MTU, bytes', hint: 'Of the nodes' },
      { key: 'delay', label: 'Delay', hint: 'Of links between switches, one way; of a flat network, of those to its nodes' },
      { key: 'zones', label: 'Zones', hint: 'Racks are dealt out to them, as labels of nodes; 0: none', fabrics: RACKED },
    ],
  },
  {
    title: 'Names and addresses',
    fields: [
      { key: 'name', label: 'Lab name', hint: 'The name of the lab' },
      { key: 'rackNames', label: 'Rack names', hint: '{rack} is its number, {letter} its letter', fabrics: RACKED },
      { key: 'switchNames', label: 'Switch names', hint: '{rack} is the number of the rack, {letter} its letter' },
      { key: 'nodeNames', label: 'Node names', hint: '{i} counts all nodes, {n} those of a rack, {rack} and {letter} name the rack' },
      { key: 'addresses', label: 'Node addresses', hint: 'As 10.{rack}.0.{host}/24; empty: subnets in their order' },
      { key: 'firstAsn', label: 'First AS', hint: 'Of the first rack’s switch; spines have the one before; 0: none' },
      { key: 'podCIDR', label: 'Pod CIDR', hint: 'Where addresses of pods come from' },
      { key: 'serviceCIDR', label: 'Service CIDR', hint: 'Where addresses of services come from' },
    ],
  },
]
