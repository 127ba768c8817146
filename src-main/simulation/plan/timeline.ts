import { changesObjects, type Fault, type Lab } from '#shared/lab/index'
import { TIMELINE_KIND, type ForwardingTable, type TimelineTable } from '#shared/plan/index'
import { BITS_PER_BYTE, SECOND_NS, type Ipv4Prefix } from '#shared/units/index'

import { flapTimes, type ControlPlane, type DataPlaneChange, type DeliveredChange } from '../agents/index'
import { BIRD_TIMERS, prefixKey } from '../bgp/index'
import { buildAdjacency, compileRouting, findAttachment, interfacesOf, linkBetween, type LearnedRoutes, type PodRoute, type Topology } from '../topology/index'
import { FlowRoutes, type FlowNetwork } from './flow-routes'
import type { ProgramChange } from './flow-table-builder'
import { ProgramSetBuilder } from './program-sets'
import { StateTimeline, type Change } from './state-timeline'
import type { SwitchRoutes } from './switch-routes'

/** What a timeline is made of beside the lab. */
export interface TimelineParts extends FlowNetwork {
  readonly topology: Topology
  readonly podRoutes: readonly PodRoute[]
  /** What changes in the cluster, and who knows when. */
  readonly changes: readonly DeliveredChange[]
  readonly programChanges: readonly ProgramChange[]
  /** Nodes that change their data plane; undefined where none does. */
  readonly dataPlane?: DataPlaneChange | undefined
  /** The variant's control plane over the run, where it matters, and what switches learn of it. */
  readonly plane: ControlPlane | undefined
  readonly switchRoutes: SwitchRoutes | undefined
}

/**
 * Time from a carrier's loss or return until the fabric forwards otherwise, ns: sessions and routes of switches followed
 * the loss of a carrier in 10 to 16 ms (BIRD 2.0.12 on Linux 6.18, two racks with two spines).
 */
const FABRIC_REACTION_NS = 13_000_000

/**
 * Everything that changes during a run: what faults do to links and hosts, how the fabric and the nodes' routes follow.
 * Requires: a valid lab.
 */
export function buildTimeline(lab: Lab, parts: TimelineParts): TimelineTable {
  const builder = new TimelineBuilder(lab, parts)
  for (const fault of lab.faults) builder.addFault(fault)
  builder.addRoutes()
  builder.addPrograms()
  builder.addDataPlane()
  return builder.finish()
}

class TimelineBuilder {
  private readonly lab: Lab
  private readonly parts: TimelineParts
  private readonly ports = new StateTimeline(TIMELINE_KIND.port)
  private readonly flows = new StateTimeline(TIMELINE_KIND.flow)
  private readonly values: Change[] = []
  private readonly programs = new ProgramSetBuilder()
  private readonly flowRoutes: FlowRoutes
  /** Carriers lost and found: time, link, whether it is there. */
  private readonly carriers: { readonly atNs: number; readonly link: number; readonly up: boolean }[] = []

  constructor(lab: Lab, parts: TimelineParts) {
    this.lab = lab
    this.parts = parts
    this.flowRoutes = new FlowRoutes(parts)
  }

  addFault(fault: Fault): void {
    // What flows are and do follows from the changes that nodes are told of.
    if (changesObjects(fault)) return
    switch (fault.kind) {
      case 'link-down':
        this.takeDown(this.linkOf(fault.link), fault.at, fault.until, true)
        return
      case 'link-silent':
        this.takeDown(this.linkOf(fault.link), fault.at, fault.until, false)
        return
      case 'link-flap':
        for (const [down, up] of flapTimes(fault)) this.takeDown(this.linkOf(fault.link), down, up, true)
        return
      case 'link-loss':
      case 'link-delay':
      case 'link-rate':
        this.changeValue(fault)
        return
      case 'link-mtu':
        this.changeMtu(fault)
        return
      case 'node-add':
        for (const port of this.portsOfHost(this.nodeNumber(fault.node))) this.ports.add(port, 'host-down', 0, fault.at)
        return
      case 'node-crash':
        for (const port of this.portsOfHost(this.nodeNumber(fault.node))) this.ports.add(port, 'host-down', fault.at, fault.until)
        return
      case 'partition': {
        const inside = new Set(fault.nodes.map((name) => this.nodeNumber(name)))
        for (const row of this.flowRoutes.rowsAcross(inside)) this.flows.add(row, 'link-down', fault.at, fault.until)
        return
      }
      case 'filter':
        for (const row of this.filteredRows(fault)) this.flows.add(row, 'filtered', fault.at, fault.until)
        return
      case 'agent-kill':
      case 'session-reset':
        // What they change are routes.
        return
    }
  }

  private filteredRows({ node, protocol, port }: Extract<Fault, { kind: 'filter' }>): number[] {
    const host = this.nodeNumber(node)
    if (protocol === 'foreign-address') return this.flowRoutes.rowsOfOthers(host, interfacesOf(this.parts.topology.hosts[host]!).map(({ address }) => address))
    return this.flowRoutes.rowsOfProtocol(host, protocol, port)
  }

  /** Routes that BGP takes away from nodes, and gives back. */
  addRoutes(): void {
    const { plane } = this.parts
    if (plane?.addresses === undefined) return
    const { blocks } = plane.addresses
    const rowsByKey = this.flowRoutes.rowsByRoute(blocks)
    this.addAgentRoutes(blocks, rowsByKey)
    if (plane.bgp === undefined) return
    const changes = plane.changesAfter(0)
    for (const [node, routes] of rowsByKey) {
      const present = plane.fibAt(node, 0)
      for (const [key, rows] of routes) {
        let gone = present.has(key) ? undefined : 0
        const leave = (atNs: number | undefined): void => {
          if (gone !== undefined) for (const row of rows) this.flows.add(row, 'no-route', gone, atNs)
          gone = undefined
        }
        for (const change of changes) {
          if (change.speaker !== node || change.key !== key) continue
          if (change.entry === undefined) gone ??= change.atNs
          else leave(change.atNs)
        }
        leave(undefined)
      }
    }
  }

  /** Routes to a node that joins, or to a block that one claims, which the plugin's agents write on the others when they know of it. */
  private addAgentRoutes(blocks: readonly (readonly Ipv4Prefix[])[], rowsByKey: ReturnType<FlowRoutes['rowsByRoute']>): void {
    for (const { subject, deliveries } of this.parts.changes) {
      if (subject.kind !== 'node' && subject.kind !== 'block') continue
      const keys = (subject.kind === 'node' ? blocks[subject.node]! : [subject.block]).map(prefixKey)
      for (const { node, agent, doneNs } of deliveries) {
        if (agent === 'confd') continue
        const rows = keys.flatMap((key) => rowsByKey.get(node)?.get(key) ?? [])
        for (const row of rows) this.flows.add(row, 'no-route', 0, doneNs)
      }
    }
  }

  /** VXLAN devices that are made anew: until its routes are back, a node sends nothing into the tunnel, and takes nothing out. */
  addDataPlane(): void {
    const { dataPlane } = this.parts
    if (dataPlane === undefined) return
    const { vxlanPort } = dataPlane.variant.settings.felixConfiguration
    for (const { node, atNs, tunnelsAtNs } of dataPlane.nodes) {
      for (const row of this.flowRoutes.rowsOfProtocol(node, 'udp', vxlanPort)) this.flows.add(row, 'no-route', atNs, tunnelsAtNs)
    }
  }

  /** Connections that run other programs from a time on. */
  addPrograms(): void {
    for (const { atNs, forNewOnly, row, direction } of this.parts.programChanges) {
      const kind = forNewOnly ? TIMELINE_KIND.programsOnOpen : TIMELINE_KIND.programs
      this.values.push({ atNs, kind, target: row, value: this.programs.add(direction) })
    }
  }

  finish(): TimelineTable {
    const forwardings: ForwardingTable[] = []
    const epochs = this.epochs(forwardings)
    const rows = [...this.ports.changes(), ...this.flows.changes(), ...this.values, ...epochs]
      .filter(({ atNs }) => atNs <= this.lab.run.duration)
      .toSorted((a, b) => a.atNs - b.atNs)
    return {
      count: rows.length,
      atNs: Float64Array.from(rows, ({ atNs }) => atNs),
      kind: Uint8Array.from(rows, ({ kind }) => kind),
      target: Int32Array.from(rows, ({ target }) => target),
      value: Float64Array.from(rows, ({ value }) => value),
      forwardings,
      programs: this.programs.finish(),
    }
  }

  private takeDown(link: number, atNs: number, untilNs: number | undefined, carrier: boolean): void {
    for (const port of [2 * link, 2 * link + 1]) this.ports.add(port, 'link-down', atNs, untilNs)
    const noticedNs = carrier ? atNs : atNs + this.silenceNs(link)
    if (noticedNs >= (untilNs ?? Infinity)) return
    this.carriers.push({ atNs: noticedNs, link, up: false })
    if (untilNs !== undefined) this.carriers.push({ atNs: carrier ? untilNs : untilNs + BIRD_TIMERS.connectDelay * SECOND_NS, link, up: true })
  }

  /** How long two switches take to notice that a link of theirs is silent: BFD's or BGP's time; for ever without either. */
  private silenceNs(link: number): number {
    const [a, b] = this.parts.topology.links[link]!.ends.map((element) => this.lab.fabric.switches[element])
    if (a?.asn === undefined || b?.asn === undefined) return Infinity
    if (a.bfd === undefined || b.bfd === undefined) return BIRD_TIMERS.hold * SECOND_NS
    return Math.max(a.bfd.interval, b.bfd.interval) * Math.max(a.bfd.multiplier, b.bfd.multiplier)
  }

  private changeValue(fault: Extract<Fault, { kind: 'link-loss' | 'link-delay' | 'link-rate' }>): void {
    const link = this.linkOf(fault.link)
    const { properties } = this.parts.topology.links[link]!
    const nsPerByte = (rate: number): number => (BITS_PER_BYTE * SECOND_NS) / rate
    const [kind, value, usual] = ((): [number, number, number] => {
      switch (fault.kind) {
        case 'link-loss':
          return [TIMELINE_KIND.portLoss, fault.loss, properties.loss]
        case 'link-delay':
          return [TIMELINE_KIND.portDelay, fault.delay, properties.delay]
        case 'link-rate':
          return [TIMELINE_KIND.portNsPerByte, nsPerByte(fault.rate), nsPerByte(properties.rate)]
      }
    })()
    for (const target of [2 * link, 2 * link + 1]) {
      this.values.push({ atNs: fault.at, kind, target, value })
      if (fault.until !== undefined) this.values.push({ atNs: fault.until, kind, target, value: usual })
    }
  }

  /** Interfaces at both ends take another MTU. A host knows it at once: it splits what may be split, and senders of the rest are told. */
  private changeMtu({ link: ends, at, until, mtu }: Extract<Fault, { kind: 'link-mtu' }>): void {
    const link = this.linkOf(ends)
    for (const [end, usual] of this.parts.topology.links[link]!.endMtu.entries()) {
      this.values.push({ atNs: at, kind: TIMELINE_KIND.portMtu, target: 2 * link + end, value: mtu })
      if (until !== undefined) this.values.push({ atNs: until, kind: TIMELINE_KIND.portMtu, target: 2 * link + end, value: usual })
    }
    const host = this.parts.topology.links[link]!.ends.map((element) => element - this.parts.topology.switches.length).find((each) => each >= 0)
    if (host === undefined) return
    for (const row of this.flowRoutes.rowsWhole(host)) {
      this.values.push({ atNs: at, kind: TIMELINE_KIND.pathMtu, target: row, value: mtu })
    }
  }

  /** Forwarding tables for all that changes of the carriers there are, and of what switches have learnt, in the course of time. */
  private epochs(forwardings: ForwardingTable[]): Change[] {
    const known = new Map<string, number>()
    const carriers = this.carriers.map(({ atNs, ...rest }) => ({ ...rest, atNs: atNs + FABRIC_REACTION_NS })).toSorted((a, b) => a.atNs - b.atNs)
    const times = [...new Set([...carriers.map(({ atNs }) => atNs), ...(this.parts.switchRoutes?.times ?? [])])].toSorted((a, b) => a - b)
    const down = new Map<number, number>()
    let next = 0
    return times.map((atNs) => {
      for (; next < carriers.length && carriers[next]!.atNs <= atNs; next++) {
        const { link, up } = carriers[next]!
        down.set(link, (down.get(link) ?? 0) + (up ? -1 : 1))
      }
      const gone = new Set([...down].flatMap(([link, count]) => (count > 0 ? [link] : [])))
      const left = this.topologyWithout(gone)
      const learned = this.parts.switchRoutes?.at(atNs, left)
      const name = `${[...gone].toSorted((a, b) => a - b).join(',')} ${learned === undefined ? '' : learnedText(learned)}`
      const target = known.get(name) ?? forwardings.length
      if (target === forwardings.length) {
        known.set(name, target)
        forwardings.push(compileRouting(left, findAttachment(left), this.parts.podRoutes, learned))
      }
      return { atNs, kind: TIMELINE_KIND.forwarding, target, value: 0 }
    })
  }

  /** The links that are left; a bond whose link is gone uses the one that stood by. */
  private topologyWithout(gone: ReadonlySet<number>): Topology {
    const { topology } = this.parts
    const bereaved = new Set([...gone].map((link) => topology.links[link]!.ends[0]))
    const links = topology.links.map((link, index) => {
      const { standby, ...rest } = link
      if (gone.has(index)) return { ...rest, standby: true as const }
      return standby && bereaved.has(link.ends[0]) ? rest : link
    })
    return { ...topology, links, adjacency: buildAdjacency(topology.switches.length + topology.hosts.length, links) }
  }

  private linkOf(ends: readonly [string, string]): number {
    return linkBetween(this.parts.topology, ends)
  }

  private nodeNumber(name: string): number {
    return this.lab.nodes.findIndex((node) => node.name === name)
  }

  private portsOfHost(host: number): number[] {
    const element = this.parts.topology.switches.length + host
    return this.parts.topology.links.flatMap(({ ends }, link) => (ends.includes(element) ? [2 * link, 2 * link + 1] : []))
  }
}

/** What switches have learnt, as a text that differs where it does. */
function learnedText(learned: ReadonlyMap<number, LearnedRoutes>): string {
  return JSON.stringify(Array.from(learned, ([element, routes]) => [element, Array.from(routes, ([prefix, { ports }]) => [prefix, ports]).toSorted()]))
}
