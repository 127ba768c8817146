import type { GeneratorOptions } from '#shared/lab/index'

/** A field of the generator: a number or a text of its options. */
export interface GeneratorField {
  readonly key: { [Key in keyof GeneratorOptions]: GeneratorOptions[Key] extends string | number ? Key : never }[keyof GeneratorOptions]
  readonly label: string
  readonly hint: string
}

/** The fields of the generator in their sections. */
export const GENERATOR_SECTIONS: readonly { readonly title: string; readonly fields: readonly GeneratorField[] }[] = [
  {
    title: 'Size',
    fields: [
      { key: 'racks', label: 'Racks', hint: '1 to 200' },
      { key: 'nodesPerRack', label: 'Nodes per rack', hint: '1 to 100' },
      { key: 'podsPerNode', label: 'Pods per node', hint: 'Half clients, half servers' },
    ],
  },
  {
    title: 'Network',
    fields: [
      { key: 'spines', label: 'Spines', hint: 'Of a Clos: in each pod, and as many super-spines' },
      { key: 'racksPerPod', label: 'Racks per pod', hint: 'Of a Clos' },
      { key: 'oversubscription', label: 'Oversubscribed', hint: 'What the nodes of a rack can send to what its uplinks carry; 1 is non-blocking' },
      { key: 'nicGbit', label: 'NIC, Gbit/s', hint: 'Rate of each node' },
      { key: 'mtu', label: 'MTU', hint: 'Of the nodes, in bytes' },
      { key: 'delay', label: 'Delay', hint: 'Of links between switches, one way' },
      { key: 'zones', label: 'Zones', hint: 'Racks are dealt out to them, as labels of nodes; 0: none' },
    ],
  },
  {
    title: 'Names and addresses',
    fields: [
      { key: 'name', label: 'Lab', hint: 'The name of the lab' },
      { key: 'rackNames', label: 'Racks', hint: '{rack} is its number, {letter} its letter' },
      { key: 'switchNames', label: 'Switches', hint: '{rack} is the number of the rack, {letter} its letter' },
      { key: 'nodeNames', label: 'Nodes', hint: '{i} counts all nodes, {n} those of a rack, {rack} and {letter} name the rack' },
      { key: 'addresses', label: 'Addresses', hint: 'As 10.{rack}.0.{host}/24; empty: subnets in their order' },
      { key: 'firstAsn', label: 'First AS', hint: 'Of the first rack’s switch; spines have the one before; 0: none' },
      { key: 'podCIDR', label: 'Pod CIDR', hint: 'Where addresses of pods come from' },
      { key: 'serviceCIDR', label: 'Service CIDR', hint: 'Where addresses of services come from' },
    ],
  },
]
