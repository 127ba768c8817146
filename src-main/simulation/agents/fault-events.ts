import { changesObjects, type Fault, type Lab } from '#shared/lab/index'
import { BGP_PORT } from '#shared/wire/bgp/index'

import type { BgpEvent, LinkState } from '../bgp/index'
import { linkBetween, type Topology } from '../topology/index'
import type { ChangeSubject } from './cluster-changes'
import { SETTLING_NS, type ControlPlane } from './control-plane'
import type { DeliveredChange, Delivery } from './deliveries'

/**
 * Tells a control plane's BGP what a lab's faults do to it, at their times. Faults that sessions do not notice are left out.
 * Speakers know of a node that joins when their confd has told them.
 */
export function scheduleFaults(lab: Lab, topology: Topology, plane: ControlPlane, changes: readonly DeliveredChange[]): void {
  for (const { subject, deliveries } of changes) {
    if (subject.kind === 'node') schedulePeers(plane, subject.node, deliveries)
    if (subject.kind === 'block') scheduleBlock(plane, subject, deliveries)
  }
  lab.faults.forEach((fault, index) => {
    for (const { atNs, event } of eventsOf(fault, index + 1, lab, topology, plane)) {
      plane.bgp?.schedule(atNs + SETTLING_NS, event)
    }
  })
}

/** The node that joins is nobody's neighbour before confd knows of it. */
function schedulePeers({ bgp, speakers }: ControlPlane, joining: number, deliveries: readonly Delivery[]): void {
  const peer = speakers?.configs[joining]?.routerId
  if (bgp === undefined || peer === undefined) return
  for (const { node, agent, doneNs } of deliveries) {
    if (agent !== 'confd' || node === joining) continue
    bgp.schedule(0, { kind: 'peer-config', speaker: node, peer, present: false })
    if (doneNs !== Infinity) bgp.schedule(doneNs + SETTLING_NS, { kind: 'peer-config', speaker: node, peer, present: true })
  }
}

/** BIRD announces a block once its node's confd has told it. */
function scheduleBlock({ bgp }: ControlPlane, { node, block }: Extract<ChangeSubject, { kind: 'block' }>, deliveries: readonly Delivery[]): void {
  const doneNs = deliveries.find(({ agent }) => agent === 'confd')?.doneNs ?? Infinity
  // Before the daemons' start.
  bgp?.schedule(0, { kind: 'own-block', speaker: node, block, present: false })
  if (doneNs !== Infinity) bgp?.schedule(doneNs + SETTLING_NS, { kind: 'own-block', speaker: node, block, present: true })
}

interface TimedEvent {
  readonly atNs: number
  readonly event: BgpEvent
}

function eventsOf(fault: Fault, part: number, lab: Lab, topology: Topology, plane: ControlPlane): TimedEvent[] {
  if (changesObjects(fault)) return []
  const network = plane.network!
  const nodeNumber = (name: string): number => lab.nodes.findIndex((node) => node.name === name)
  const change = (atNs: number | undefined, apply: () => void): TimedEvent[] =>
    atNs === undefined ? [] : [{ atNs, event: { kind: 'network', apply } }]
  const onLink = (state: Partial<LinkState>, healed: Partial<LinkState>, at: number, until: number | undefined) => {
    const link = linkBetween(topology, (fault as { link: readonly [string, string] }).link)
    return [...change(at, () => network.setLink(link, state)), ...change(until, () => network.setLink(link, healed))]
  }
  /** Cuts elements off from all that are not cut off with them. */
  const cut = (names: readonly string[]): TimedEvent[] => {
    const elements = names.map((name) => topology.switches.length + nodeNumber(name))
    const put = (to: number) => () => {
      for (const element of elements) network.setPart(element, to)
    }
    return [...change(fault.at, put(part)), ...change(fault.until, put(0))]
  }
  switch (fault.kind) {
    case 'link-down':
      return onLink({ carrier: false }, { carrier: true }, fault.at, fault.until)
    case 'link-silent':
      return onLink({ frames: false }, { frames: true }, fault.at, fault.until)
    case 'link-flap':
      return flapTimes(fault).flatMap(([down, up]) => onLink({ carrier: false }, { carrier: true }, down, up))
    case 'node-crash': {
      const speaker = nodeNumber(fault.node)
      return [
        ...cut([fault.node]),
        { atNs: fault.at, event: { kind: 'host-crash', speaker } },
        ...(fault.until === undefined ? [] : [{ atNs: fault.until, event: { kind: 'host-return' as const, speaker } }]),
      ]
    }
    case 'partition':
      return cut(fault.nodes)
    case 'filter':
      return fault.protocol === 'tcp' && (fault.port ?? BGP_PORT) === BGP_PORT ? cut([fault.node]) : []
    case 'agent-kill': {
      if (fault.agent !== 'bird') return []
      const speaker = nodeNumber(fault.node)
      const { graceful: recover } = fault
      return [
        { atNs: fault.at, event: { kind: recover ? 'agent-kill' : 'agent-stop', speaker } },
        ...(fault.until === undefined ? [] : [{ atNs: fault.until, event: { kind: 'agent-start' as const, speaker, recover } }]),
      ]
    }
    case 'session-reset': {
      const { configs } = plane.speakers!
      const speaker = nodeNumber(fault.node)
      // A switch has an address for each of its links.
      const its = configs.find(({ name }) => name === fault.peer)?.interfaces.map(({ address }) => address) ?? []
      const session = configs[speaker]!.peers.find(({ address }) => its.includes(address))
      return session === undefined ? [] : [{ atNs: fault.at, event: { kind: 'session-reset', speaker, peer: session.address } }]
    }
    case 'node-add': {
      const speaker = nodeNumber(fault.node)
      // Before the speakers' start: it has never been there.
      return [
        { atNs: -SETTLING_NS, event: { kind: 'host-crash', speaker } },
        { atNs: fault.at, event: { kind: 'host-return', speaker } },
      ]
    }
    case 'link-loss':
    case 'link-delay':
    case 'link-rate':
    case 'link-mtu':
      return []
  }
}

/** When a flapping link goes down and comes up, ns: down for the first half of each period. */
export function flapTimes({ at, until, period }: { readonly at: number; readonly until?: number; readonly period: number }): [number, number][] {
  const times: [number, number][] = []
  const end = period > 0 ? (until ?? at) : at
  for (let start = at; start < end; start += period) {
    times.push([start, Math.min(start + Math.floor(period / 2), end)])
  }
  return times
}
