/** The parts of an engine between hosts: wires, queues of ports, switches, and what happens to packets that are too big. */

import type { RowEnds, RunPlan } from '#shared/plan/index'
import { Fragmenter } from '../ip/fragmenter'
import { InternetErrors } from '../ip/internet-errors'
import { keepToInterfaces } from '../ip/narrow-interfaces'
import { PathMtu } from '../ip/path-mtu'
import { Reassembly } from '../ip/reassembly'
import { Impairments } from '../network/impairments'
import { type Border, Links } from '../network/links'
import { PortQueues } from '../network/port-queues'
import { Switches } from '../network/switches'
import type { CommonParts } from './common-parts'

export interface NetworkParts {
  readonly links: Links
  readonly portQueues: PortQueues
  readonly switches: Switches
  readonly reassembly: Reassembly
  readonly paths: PathMtu
  readonly errors: InternetErrors
}

/** Makes the network's parts; `ends` are the hosts between which rows go. */
export function networkParts(plan: RunPlan, ends: RowEnds, common: CommonParts, border: Border | undefined): NetworkParts {
  const { flows, ports, pool, events, layout, accounts, seed } = common
  const links = new Links(ports, pool, events, layout, accounts, new Impairments(ports, plan.impairments, seed), border)
  const fragmenter = new Fragmenter(pool, flows, accounts)
  const paths = new PathMtu(flows)
  const errors = new InternetErrors(plan, pool, accounts)
  if (plan.interfaceMtu !== undefined) keepToInterfaces(plan.interfaceMtu, plan, { links, pool, fragmenter, paths, senders: ends.from })
  return {
    links,
    portQueues: new PortQueues(plan, { ...common, links }, seed),
    switches: new Switches(plan, { ...common, links, fragmenter, errors, ends }),
    reassembly: new Reassembly(common),
    paths,
    errors,
  }
}
