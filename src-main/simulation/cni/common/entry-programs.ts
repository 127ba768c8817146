import type { Ipv4Address } from '#shared/units/index'

import { withEntry } from './bare-connection'
import type { AddressPair, Connection, Endpoint, ServedEnds, ServedEntrance, Translation, Trip } from './cni-model'
import type { Path } from './path'
import type { Tunnel } from './tunnel'

/** How programs on a node's interface answer for services in place of kube-proxy. */
export interface EntryPrograms {
  /** What arrives for a service without an endpoint that may answer, up to where it ends. */
  readonly refuses: Path
  /** The backend is on the node: one step translates what comes in, one what goes out. */
  local(server: Endpoint): { readonly in: Path; readonly out: Path }
  /** The backend is on another node. */
  remote(entry: Endpoint, server: Endpoint, ends: ServedEnds): RemoteEntry
}

/** What a node and the backend's node do. */
export interface RemoteEntry {
  /** From the entry node's NIC, and on from there to the other node. */
  readonly arrives: Path
  readonly sends: Path
  /** On the backend's node, from its NIC to the pod. */
  readonly receives: Path
  readonly tunnels: readonly Tunnel[]
  /** Which node makes the backend's address the destination. */
  readonly translatesAt: 'entry' | 'backend'
  /** The address that the entry node puts in place of the client's; undefined where the client's stays. */
  readonly seenAs: Ipv4Address | undefined
  /** What tells the backend's node the service's address: in the packet that opens a connection, of datagrams in all. */
  readonly marks?: { readonly ipOption?: Uint8Array; readonly tunnels?: readonly Tunnel[]; readonly sends: Path }
  readonly answers: ReturningAnswers | DirectAnswers
}

/** Answers come back by the entry node. */
interface ReturningAnswers {
  readonly way: 'entry'
  readonly sends: Path
  readonly tunnels: readonly Tunnel[]
  /** On the entry node: from the other node, and out to the client. */
  readonly receives: Path
  readonly leaves: Path
}

/** The backend's node answers for the service: its packets go straight to the client. */
interface DirectAnswers {
  readonly way: 'direct'
  readonly sends: Path
}

/** Connections that programs' ways are put on. */
interface BaseConnections {
  /** Between client and entry node, between entry node and server, and the answer's straight way from server to client. */
  readonly outer: Connection
  readonly between: Connection
  readonly straight: Pick<Trip, 'mtuBytes' | 'frames'>
}

/** A connection to a backend on the entry node. */
export function servedLocally(outer: Connection, paths: ReturnType<EntryPrograms['local']>, ends: ServedEnds, straight: BaseConnections['straight']): ServedEntrance {
  const { forward, reverse, ...rest } = withEntry(outer, paths.in, paths.out)
  const client = clientBehind(outer.forward)
  return {
    outer: {
      ...rest,
      serverAddress: ends.frontend.address,
      forward: {
        ...forward,
        addresses: { ...forward.addresses, destination: ends.frontend.address },
        translations: [...forward.translations, toBackend(ends)],
      },
      reverse: {
        ...reverse,
        ...straight,
        addresses: { source: ends.backend.address, destination: client },
        translations: [fromFrontend(ends), ...reverse.translations],
      },
    },
    inner: undefined,
    opening: undefined,
    answersDirectly: false,
    seenAs: undefined,
  }
}

/** A connection to a backend on another node than the one where it arrives. */
export function servedRemotely({ outer, between, straight }: BaseConnections, entry: RemoteEntry, ends: ServedEnds): ServedEntrance {
  const { arrives, sends, receives, tunnels, translatesAt, seenAs, marks, answers } = entry
  const client = clientBehind(outer.forward)
  const seen = seenAs ?? client
  const atEntry = translatesAt === 'entry'
  const asked: AddressPair = { source: client, destination: ends.frontend.address }
  const plain: Trip = {
    ...between.forward,
    transmit: sends,
    receive: receives,
    tunnels,
    addresses: atEntry ? { source: client, destination: ends.backend.address } : asked,
    translations: atEntry ? (seenAs === undefined ? [] : [{ source: seenAs }]) : [toBackend(ends)],
  }
  const { ipOption } = marks ?? {}
  const marked: Trip | undefined =
    marks && { ...plain, transmit: marks.sends, tunnels: marks.tunnels ?? tunnels, ...(ipOption !== undefined && { ipOption }) }
  const isTcp = ends.transport === 'tcp'
  const forward: Trip = {
    ...outer.forward,
    receive: arrives,
    addresses: { ...outer.forward.addresses, destination: ends.frontend.address },
    translations: [...outer.forward.translations, ...(atEntry ? [toBackend(ends)] : [])],
  }
  const fromServer = { source: ends.backend.address, destination: seen }
  const back = answersOf(answers, { outer, between, straight }, { fromServer, client, seenAs, ends, atEntry })
  return {
    outer: { ...outer, serverAddress: ends.frontend.address, forward, reverse: back.outer },
    inner: { ...between, forward: isTcp ? plain : (marked ?? plain), reverse: back.inner },
    opening: isTcp ? marked : undefined,
    answersDirectly: answers.way === 'direct',
    seenAs,
  }
}

interface AnswerParts {
  readonly fromServer: AddressPair
  readonly client: Ipv4Address
  readonly seenAs: Ipv4Address | undefined
  readonly ends: ServedEnds
  readonly atEntry: boolean
}

function answersOf(
  answers: RemoteEntry['answers'],
  { outer, between, straight }: BaseConnections,
  { fromServer, client, seenAs, ends, atEntry }: AnswerParts,
): { readonly outer: Trip; readonly inner: Trip } {
  if (answers.way === 'direct') {
    const trip: Trip = {
      ...outer.reverse,
      ...straight,
      transmit: answers.sends,
      addresses: fromServer,
      translations: [fromFrontend(ends), ...outer.reverse.translations],
      tunnels: [],
    }
    return { outer: trip, inner: trip }
  }
  const asService = { source: ends.frontend.address, destination: client }
  const inner: Trip = {
    ...between.reverse,
    transmit: answers.sends,
    receive: answers.receives,
    tunnels: answers.tunnels,
    addresses: fromServer,
    translations: atEntry ? [{ ...fromFrontend(ends), ...(seenAs !== undefined && { destination: client }) }] : [fromFrontend(ends)],
  }
  return { inner, outer: { ...outer.reverse, transmit: answers.leaves, addresses: asService } }
}

/** The translation to a service's backend. */
export function toBackend({ backend: { address, port } }: Pick<ServedEnds, 'backend'>): Translation {
  return { destination: address, destinationPort: port }
}

/** The translation of an answer, which is the service's. */
export function fromFrontend({ frontend: { address, port } }: Pick<ServedEnds, 'frontend'>): Translation {
  return { source: address, sourcePort: port }
}

/** The client's address as a node sees it at which its packets arrive: its own, or what its own node made of it. */
export function clientBehind({ addresses, translations }: Trip): Ipv4Address {
  return translations.reduce((address, { source }) => source ?? address, addresses.source)
}
