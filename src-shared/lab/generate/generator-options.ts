/** What a generated lab is made of; numbers are in their ranges (`generatorRanges`). Patterns write {rack}, {n} (counted in its rack) and {i} (counted over all). */
export interface GeneratorOptions {
  readonly name: string
  readonly description: string
  /** How racks are joined: by spines; by pods of spines under super-spines (a three-tier Clos); or one switch for all. */
  readonly fabric: 'leaf-spine' | 'clos' | 'flat'
  readonly racks: number
  readonly nodesPerRack: number
  /** Over all nodes dealt out evenly: half of them clients, half servers. */
  readonly podsPerNode: number
  /** Of a Clos, in each of its pods. */
  readonly spines: number
  /** Of a Clos: racks in one of its pods. */
  readonly racksPerPod: number
  /** What nodes of a rack can send to what its uplinks carry: 1 is non-blocking. */
  readonly oversubscription: number
  /** Gbit/s. */
  readonly nicGbit: number
  /** Bytes. */
  readonly mtu: number
  /** Between racks, one way, as `1us`; of zones and sites, larger. */
  readonly delay: string
  /** Zones that racks are dealt out to in turn, as node labels; 0: none. */
  readonly zones: number
  readonly rackNames: string
  readonly switchNames: string
  readonly nodeNames: string
  /** Addresses of nodes with a mask, as `10.{rack}.0.{host}/24`; empty: the lab's own. */
  readonly addresses: string
  /** The AS number of the first rack; the spines have the one before it; 0: none. */
  readonly firstAsn: number
  readonly podCIDR: string
  readonly serviceCIDR: string
  readonly hasExternal: boolean
}

/** What a number of the generator may be; `whole` where it has no fraction. */
export interface GeneratorRange {
  readonly least: number
  readonly most: number
  readonly whole: boolean
}

/** An option of the generator that is a number. */
export type GeneratorNumber = { [Key in keyof GeneratorOptions]: GeneratorOptions[Key] extends number ? Key : never }[keyof GeneratorOptions]

const whole = (least: number, most: number): GeneratorRange => ({ least, most, whole: true })

/** The greatest number of nodes behind the one switch of a flat network. */
const MOST_ON_ONE_SWITCH = 250

/** What the numbers of these options may be. */
export function generatorRanges({ fabric }: Pick<GeneratorOptions, 'fabric'>): Readonly<Record<GeneratorNumber, GeneratorRange>> {
  return {
    racks: whole(1, 200),
    nodesPerRack: whole(1, fabric === 'flat' ? MOST_ON_ONE_SWITCH : 100),
    podsPerNode: whole(0, 500),
    spines: whole(1, 32),
    racksPerPod: whole(1, 100),
    oversubscription: { least: 0.1, most: 100, whole: false },
    nicGbit: { least: 0.1, most: 800, whole: false },
    mtu: whole(576, 65_535),
    zones: whole(0, 20),
    firstAsn: whole(0, 4_294_967_295),
  }
}

/** Two racks of one node each, as the smallest lab that crosses a network. */
export const PLAIN_GENERATOR: GeneratorOptions = {
  name: 'lab',
  description: '',
  fabric: 'leaf-spine',
  racks: 2,
  nodesPerRack: 1,
  podsPerNode: 1,
  spines: 1,
  racksPerPod: 2,
  oversubscription: 1,
  nicGbit: 25,
  mtu: 1500,
  delay: '1us',
  zones: 0,
  rackNames: 'rack-{rack}',
  switchNames: 'leaf-{rack}',
  nodeNames: 'node-{i}',
  addresses: '',
  firstAsn: 65001,
  podCIDR: '10.244.0.0/16',
  serviceCIDR: '10.96.0.0/16',
  hasExternal: false,
}

/** A lab to start from: what the generator is asked for, and what it shows. */
export interface LabTemplate {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly options: GeneratorOptions
}

/** The labs to start from. */
export const LAB_TEMPLATES: readonly LabTemplate[] = [
  {
    id: 'two-racks',
    title: 'Two racks',
    about: 'Two nodes in each of two racks: what crosses the network against what stays in a rack',
    options: { ...PLAIN_GENERATOR, name: 'two-racks', description: 'Two racks under one spine', nodesPerRack: 2, hasExternal: true },
  },
  {
    id: 'leaf-spine',
    title: 'Leaf and spine',
    about: 'Four racks under two spines, 3:1 oversubscribed, equal-cost paths',
    options: { ...PLAIN_GENERATOR, name: 'leaf-spine', description: 'Four racks under two spines, 3:1 oversubscribed', racks: 4, nodesPerRack: 4, spines: 2, podsPerNode: 2, oversubscription: 3 },
  },
  {
    id: 'three-zones',
    title: 'Three zones',
    about: 'A rack in each of three availability zones, half a millisecond apart',
    options: {
      ...PLAIN_GENERATOR, name: 'three-zones', description: 'Three availability zones, 500 us apart', racks: 3, nodesPerRack: 3, spines: 2,
      podsPerNode: 2, zones: 3, delay: '250us', rackNames: 'zone-{rack}', switchNames: 'gateway-{rack}',
    },
  },
  {
    id: 'edge',
    title: 'Edge sites',
    about: 'Five small sites on slow, long lines to one hub: where overhead and latency hurt',
    options: {
      ...PLAIN_GENERATOR, name: 'edge', description: 'Five sites on 1 Gbit lines, 10 ms from the hub', racks: 5, nodesPerRack: 1, nicGbit: 1,
      delay: '10ms', rackNames: 'site-{rack}', switchNames: 'router-{rack}', hasExternal: true,
    },
  },
  {
    id: 'cloud-vpc',
    title: 'Cloud VPC',
    about: 'Six machines on one flat network with jumbo frames, no BGP underneath',
    options: {
      ...PLAIN_GENERATOR, name: 'cloud-vpc', description: 'A flat network as a cloud gives it', fabric: 'flat', racks: 1, nodesPerRack: 6,
      podsPerNode: 2, mtu: 9001, nicGbit: 10, delay: '50us', firstAsn: 0, switchNames: 'vpc', nodeNames: 'instance-{i}',
    },
  },
]
