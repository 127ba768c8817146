import type { Ipv4Address } from '#shared/units/index'
import { encodeBgpMessage, type BgpMessage } from '#shared/wire/bgp/index'

/** Which end of a connection: 0 connected, 1 accepted. */
export type Side = 0 | 1

/** Something that an end of a connection put on the wire. */
export interface WireEvent {
  readonly atNs: number
  readonly side: Side
  /** `again`: all that was lost until then is sent once more. */
  readonly kind: 'data' | 'close' | 'reset' | 'again'
  /** Of data. */
  readonly bytes: Uint8Array
  /** It does not arrive: the path is broken. */
  readonly isLost: boolean
}

/** A TCP connection between two speakers with all that was sent on it. */
export interface LoggedConnection {
  /** Addresses of who connected, and of who accepted. */
  readonly addresses: readonly [Ipv4Address, Ipv4Address]
  /** When the SYN left, ns, and what one way takes. */
  readonly openedNs: number
  readonly delayNs: number
  /** Both ends are on one subnet and of different AS: TTL 1 (RFC 4271 leaves it open; BIRD: direct). */
  readonly isDirect: boolean
  readonly events: WireEvent[]
}

/** Keeps what speakers put on the wire, as bytes. */
export class WireLog {
  readonly connections: LoggedConnection[] = []

  /** Somebody accepted a connection: the log of what follows. */
  open(opened: Omit<LoggedConnection, 'events'>): ConnectionLog {
    const connection: LoggedConnection = { ...opened, events: [] }
    this.connections.push(connection)
    return new ConnectionLog(connection.events)
  }
}

/** The log of one connection. */
export class ConnectionLog {
  private readonly events: WireEvent[]

  constructor(events: WireEvent[]) {
    this.events = events
  }

  sent(atNs: number, side: Side, messages: readonly BgpMessage[], addPath: boolean, isLost: boolean): void {
    const parts = messages.map((message) => encodeBgpMessage(message, { addPath }))
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    this.events.push({ atNs, side, kind: 'data', bytes, isLost })
  }

  /** What bears no data: the end of a connection, or what was lost once more. */
  noted(atNs: number, side: Side, kind: 'close' | 'reset' | 'again', isLost: boolean): void {
    this.events.push({ atNs, side, kind, bytes: new Uint8Array(), isLost })
  }
}
