import { z } from 'zod'

import { ipv4Prefix, parseIpv4Address, parseIpv4Interface, parseIpv4Prefix, SECOND_NS, type Ipv4Address, type ParseResult } from '#shared/units/index'

import { BgpVectorError, checkTopology } from './check-vector'
import { BIRD_TIMERS, type BgpEvent, type BgpTimers, type PeerConfig, type SpeakerConfig } from './config'
import { SegmentNetwork } from './network'

/** A text that one of the unit parsers reads. */
function text<Value>(parse: (input: string) => ParseResult<Value>) {
  return z.string().transform((input, context): Value => {
    const result = parse(input)
    if (result.ok) return result.value
    context.addIssue({ code: 'custom', message: result.error.message })
    return z.NEVER
  })
}

const address = text(parseIpv4Address)
const interfaceAddress = text(parseIpv4Interface)
const prefix = text(parseIpv4Prefix)
const asn = z.int().min(1).max(0xffffffff)
const seconds = z.number().min(0)

const peerSchema = z.looseObject({
  ip: address,
  as: asn,
  src: address.optional(),
  passive: z.boolean().default(false),
  rr: address.optional(),
  password: z.string().optional(),
})

const nodeSchema = z.looseObject({
  rid: address,
  as: asn,
  role: z.enum(['node', 'tor', 'spine', 'rr']).default('node'),
  blocks: z.array(prefix).default([]),
  ifs: z.array(z.tuple([z.string(), interfaceAddress])).min(1),
  peers: z.array(peerSchema).default([]),
  defgw: address.optional(),
  opts: z.looseObject({}).nullish(),
})

const eventSchema = z.looseObject({
  atSeconds: seconds,
  kind: z.enum([
    'agent-kill', 'agent-stop', 'agent-start', 'recover', 'link-silent', 'carrier-down', 'link-down', 'link-up',
  ]),
  node: z.string().optional(),
  link: z.tuple([z.string(), z.string()]).optional(),
  recover: z.boolean().optional(),
})

/** A file of the form `cnilab/bgp-vector/v1`, without what it expects. */
export const bgpVectorSchema = z.looseObject({
  schema: z.literal('cnilab/bgp-vector/v1'),
  name: z.string(),
  topology: z.looseObject({
    pool: prefix,
    segments: z.array(z.string()).optional(),
    nodes: z.record(z.string(), nodeSchema).refine((nodes) => Object.keys(nodes).length > 0, 'no nodes'),
  }),
  timers: z.looseObject({
    holdSeconds: seconds.refine((value) => value === 0 || value >= 3, 'RFC 4271 allows 0, or 3 and more').refine((value) => value <= 0xffff, 'more than OPEN can say'),
    keepaliveSeconds: seconds,
    connectDelaySeconds: seconds,
    connectRetrySeconds: seconds,
    errorWaitSeconds: z.tuple([seconds, seconds]),
    gracefulRestart: z.boolean(),
    gracefulRestartSeconds: seconds,
  }),
  events: z.array(eventSchema).default([]),
  observeAtSeconds: seconds.nullable().default(null),
})

/** A vector file, read. */
export type BgpVector = z.output<typeof bgpVectorSchema>
type VectorNode = BgpVector['topology']['nodes'][string]

/** What a vector says, ready to simulate. */
export interface VectorScenario {
  readonly names: readonly string[]
  readonly speakers: readonly SpeakerConfig[]
  readonly network: SegmentNetwork
  readonly events: readonly { readonly atNs: number; readonly event: BgpEvent }[]
  /** Undefined: at convergence. */
  readonly observeAtNs: number | undefined
}

/** Sets a vector up. Throws a {@link BgpVectorError} where it names what is not there. */
export function readVector(vector: BgpVector): VectorScenario {
  checkTopology(vector.topology)
  const { nodes } = vector.topology
  const names = Object.keys(nodes)
  const numbers = new Map(names.map((name, number) => [name, number]))
  const segments = new Map<string, number>()
  const segmentOf = (name: string): number => segments.get(name) ?? (segments.set(name, segments.size), segments.size - 1)
  const speakers = names.map((name) => speakerOf(vector, name, nodes[name]!, segmentOf))
  const network = new SegmentNetwork(
    speakers.map(({ interfaces, isRouter, defaultGateway }) => ({
      segments: interfaces.map(({ segment }) => segment),
      isRouter,
      leavesSegments: isRouter || defaultGateway !== undefined,
    })),
  )
  const numberOf = (name: string, index: number): number => {
    const number = numbers.get(name)
    if (number === undefined) throw new BgpVectorError(`events[${index}] names ${name}, which the topology does not have`)
    return number
  }
  const events = vector.events.map((event, index) => ({
    atNs: Math.round(event.atSeconds * SECOND_NS),
    event: eventOf(event, index, network, speakers, (name) => numberOf(name, index)),
  }))
  const observeAtNs = vector.observeAtSeconds === null ? undefined : Math.round(vector.observeAtSeconds * SECOND_NS)
  return { names, speakers, network, events, observeAtNs }
}

function speakerOf(
  { timers, topology }: BgpVector,
  name: string,
  node: VectorNode,
  segmentOf: (name: string) => number,
): SpeakerConfig {
  const isRouter = node.role === 'tor' || node.role === 'spine'
  const interfaces = node.ifs.map(([segment, { address: own, prefixLength }]) => ({
    segment: segmentOf(segment),
    address: own,
    prefix: ipv4Prefix(own, prefixLength ?? 32),
  }))
  return {
    name,
    routerId: node.rid,
    asn: node.as,
    interfaces,
    blocks: node.blocks,
    borrowed: [],
    peers: node.peers.map((peer) => peerOf(peer, node, interfaces, isRouter)),
    ...(node.defgw !== undefined && { defaultGateway: node.defgw }),
    isRouter,
    pools: [{ cidr: topology.pool, exported: true }],
    tunnelled: false,
    programsPools: true,
    timers: timersOf(timers, isRouter),
    gracefulRestart: timers.gracefulRestart,
    communities: [],
  }
}

/** Switches run BIRD's own defaults but for the hold time; the vector's timers are the nodes'. */
function timersOf(timers: BgpVector['timers'], isRouter: boolean): BgpTimers {
  const { holdSeconds: hold, keepaliveSeconds: keepalive, gracefulRestartSeconds: gracefulRestart } = timers
  if (isRouter) return { ...BIRD_TIMERS, hold, keepalive, gracefulRestart }
  return {
    hold,
    keepalive,
    gracefulRestart,
    connectDelay: timers.connectDelaySeconds,
    connectRetry: timers.connectRetrySeconds,
    errorWait: timers.errorWaitSeconds,
  }
}

function peerOf(
  peer: VectorNode['peers'][number],
  node: VectorNode,
  interfaces: SpeakerConfig['interfaces'],
  isRouter: boolean,
): PeerConfig {
  const external = peer.as !== node.as
  const shared = interfaces.find(({ prefix: subnet }) => covers(subnet, peer.ip))
  const option = optionsOf({ ...node.opts, ...peer })
  const allowLocalAs = option('allowlocalas', 'allowasin', 'numallowedlocalasnumbers')
  return {
    address: peer.ip,
    asn: peer.as,
    source: peer.src ?? (shared ?? interfaces[0]!).address,
    passive: peer.passive,
    ...(peer.rr !== undefined && { clusterId: peer.rr }),
    // Calico's template offers ADD-PATH; switches have BIRD's default, which does not.
    addPath: !isRouter,
    direct: external && shared !== undefined,
    nextHopSelf: nextHopSelfOf(option('nexthopself')) ?? (isRouter && !external ? 'external' : 'no'),
    nextHopKeep: option('nexthopkeep', 'keeporiginalnexthop') === true,
    allowLocalAs: typeof allowLocalAs === 'number' ? allowLocalAs : Number(allowLocalAs === true),
    ...(peer.password !== undefined && { password: peer.password }),
    importFilter: [],
    exportFilter: [],
  }
}

/** Options of a peer or its node by name, however that is spelled: `allow_local_as`, `allowLocalAs`, `allow local as`. */
function optionsOf(options: Readonly<Record<string, unknown>>): (...names: readonly string[]) => unknown {
  const known = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase().replaceAll(/[^a-z]/g, ''), value]))
  return (...names) => names.map((name) => known.get(name)).find((value) => value !== undefined)
}

/** BIRD's `next hop self [ebgp]`; undefined where it is not said. */
function nextHopSelfOf(value: unknown): PeerConfig['nextHopSelf'] | undefined {
  if (value === undefined) return undefined
  if (value === 'ebgp') return 'external'
  return value === true || value === 'all' || value === 'always' ? 'always' : 'no'
}

function covers(subnet: { readonly network: Ipv4Address; readonly length: number }, other: Ipv4Address): boolean {
  return ipv4Prefix(other, subnet.length).network === subnet.network
}

function eventOf(
  event: BgpVector['events'][number],
  index: number,
  network: SegmentNetwork,
  speakers: readonly SpeakerConfig[],
  numberOf: (name: string) => number,
): BgpEvent {
  const { kind } = event
  const node = (): number => {
    if (event.node === undefined) throw new BgpVectorError(`events[${index}] names no node`)
    return numberOf(event.node)
  }
  switch (kind) {
    case 'agent-kill':
    case 'agent-stop':
      return { kind, speaker: node() }
    case 'agent-start':
      return { kind, speaker: node(), recover: event.recover ?? false }
    case 'recover':
      return { kind: 'agent-start', speaker: node(), recover: true }
    default: {
      const state = {
        'link-silent': { frames: false },
        'carrier-down': { carrier: false },
        'link-down': { carrier: false },
        'link-up': { carrier: true, frames: true },
      }[kind]
      const ports = portsOf(event.link?.map(numberOf) ?? [node()], network, speakers)
      return {
        kind: 'network',
        apply: () => {
          for (const { speaker, segment } of ports) network.setPorts(speaker, state, segment)
        },
      }
    }
  }
}

/** The interfaces at the ends of a link; on a segment with more members, those of the end that is no router. */
function portsOf(ends: readonly number[], network: SegmentNetwork, speakers: readonly SpeakerConfig[]) {
  const [a, b] = ends
  if (b === undefined) return [{ speaker: a!, segment: undefined }]
  const segment = network.sharedSegment(a!, b)
  if (a === b) throw new BgpVectorError(`a link leads from ${speakers[a]!.name} to itself`)
  if (segment === undefined) throw new BgpVectorError(`${speakers[a!]!.name} and ${speakers[b]!.name} share no segment`)
  const both = [a!, b].map((speaker) => ({ speaker, segment }))
  if (network.membersOf(segment) === 2) return both
  const leaves = both.filter(({ speaker }) => !speakers[speaker]!.isRouter)
  return leaves.length > 0 ? leaves : both
}
