import { placePods } from '#main/simulation/kubernetes/index'
import { labServices } from '#main/simulation/services/index'
import type { Lab, Traffic, Workload } from '#shared/lab/index'

import type { LabExport } from './lab-export'
import type { PodPorts } from './workload-objects'
import { SERVERS, type Server } from './traffic-tools'

/** First port that a server gets whose own is taken (iperf3's). */
const FIRST_FREE_PORT = 5201

/** Who answers where: the ports of every workload, and the port that each traffic entry asks. */
export interface TrafficPorts {
  /** By workload, in the lab's order. */
  readonly ofWorkloads: readonly PodPorts[]
  /** By traffic entry, in the lab's order; undefined where nobody can answer. */
  readonly asked: readonly (number | undefined)[]
}

interface Wanted {
  readonly workload: number
  readonly port: number
  readonly server: Server
}

/**
 * Gives the servers of traffic their ports. A port has one server: what asks through a service comes first, for the service
 * says which port; what asks pods themselves gets another port where its own has another server.
 */
export function trafficPorts(made: LabExport, lab: Lab): TrafficPorts {
  const servers = lab.cluster.workloads.map(() => new Map<number, Server>())
  const asked: (number | undefined)[] = lab.traffic.map(({ to }) => to.port)
  const entries = lab.traffic.map((traffic, index) => ({ traffic, index }))
  const throughServices = entries.filter(({ traffic }) => traffic.to.kind === 'service')
  for (const { traffic, index } of throughServices) {
    for (const { workload, port, server } of backendsOf(lab, traffic)) {
      const known = servers[workload]!.get(port)
      servers[workload]!.set(port, known ?? server)
      if (known === undefined || known === server) continue
      made.warn('not-exported', ['spec', 'traffic', index], `Its port of ${lab.cluster.workloads[workload]!.name} answers other traffic already, in another way.`)
      asked[index] = undefined
    }
  }
  for (const { traffic, index } of entries) {
    const wanted = directServer(lab, traffic)
    if (wanted === undefined) continue
    const port = freePort(servers[wanted.workload]!, lab.cluster.workloads[wanted.workload]!, wanted)
    servers[wanted.workload]!.set(port, wanted.server)
    asked[index] = port
    if (port === wanted.port) continue
    made.warn('approximated', ['spec', 'traffic', index, 'to', 'port'], `It asks port ${port}: port ${wanted.port} answers other traffic in another way. Policies for the port do not count for it.`)
  }
  return { ofWorkloads: lab.cluster.workloads.map((workload, index) => podPorts(workload, servers[index]!)), asked }
}

function serverOf({ kind }: Traffic): Server | undefined {
  return kind === 'icmp' ? undefined : SERVERS[kind]
}

/** The workloads and ports behind the service that an entry asks. */
function backendsOf(lab: Lab, traffic: Traffic): Wanted[] {
  const server = serverOf(traffic)
  const { pods } = placePods(lab)
  const service = labServices(lab, pods).find(({ reference }) => reference === traffic.to.name)
  const asked = service?.ports.filter(({ port }) => port === traffic.to.port) ?? []
  if (server === undefined) return []
  const wanted = asked.flatMap(({ backends }) =>
    backends.map(({ pod, port }): Wanted => ({ workload: workloadIndex(lab, pods[pod]!.workload), port, server })),
  )
  return [...new Map(wanted.map((each) => [`${each.workload} ${each.port}`, each])).values()]
}

/** The workload that an entry asks itself, and the port: the pods' first unless given. */
function directServer(lab: Lab, traffic: Traffic): Wanted | undefined {
  const server = serverOf(traffic)
  const index = workloadIndex(lab, workloadOf(lab, traffic.to.name)?.reference ?? '')
  if (server === undefined || index < 0 || (traffic.to.kind !== 'pod' && traffic.to.kind !== 'workload')) return undefined
  const first = lab.cluster.workloads[index]!.ports[0]?.port
  return { workload: index, port: traffic.to.port ?? first ?? FIRST_FREE_PORT, server }
}

/** The workload of a pod's or workload's reference, and the replica where it is a pod's. */
export function workloadOf(lab: Lab, reference: string): { readonly workload: Workload; readonly reference: string; readonly replica: number | undefined } | undefined {
  for (const workload of lab.cluster.workloads) {
    const own = `${workload.namespace}/${workload.name}`
    if (reference === own) return { workload, reference: own, replica: undefined }
    const replica = reference.startsWith(`${own}-`) ? reference.slice(own.length + 1) : ''
    if (/^\d+$/u.test(replica) && Number(replica) < workload.replicas) return { workload, reference: own, replica: Number(replica) }
  }
  return undefined
}

function workloadIndex(lab: Lab, reference: string): number {
  return lab.cluster.workloads.findIndex(({ namespace, name }) => `${namespace}/${name}` === reference)
}

/** The port that a server gets: the one wanted, the one that it has already, else a free one. */
function freePort(servers: ReadonlyMap<number, Server>, { ports }: Workload, { port, server }: Wanted): number {
  const known = servers.get(port)
  if (known === undefined || known === server) return port
  let free = FIRST_FREE_PORT
  const isTaken = (candidate: number): boolean => (servers.get(candidate) ?? server) !== server || ports.some((own) => own.port === candidate)
  while (isTaken(free)) free++
  return free
}

/** All ports of a workload: the lab's own, and those that servers of traffic have beside them. */
function podPorts({ ports }: Workload, servers: ReadonlyMap<number, Server>): PodPorts {
  const usual = { TCP: 'http', UDP: 'udp-echo', SCTP: 'sctp-echo' } as const
  const own = ports.map((port) => ({ ...port, server: servers.get(port.port) ?? usual[port.protocol] }))
  const further = [...servers].filter(([port]) => ports.every((given) => given.port !== port))
  return [...own, ...further.map(([port, server]) => ({ port, protocol: server === 'udp-echo' ? ('UDP' as const) : ('TCP' as const), server }))]
}
