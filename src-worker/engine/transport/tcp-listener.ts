/** Whom connections tell of what happens to them. */

/** What a connection tells the application's threads. `core` −1: no core does (timer or bare host). */
export interface TcpListener {
  /** The handshake is over: at the client with the server's SYN, at the server with the acknowledgement of its own. */
  onEstablished(socket: number, core: number, nowNs: number): void
  onReadable(socket: number, bytes: number, core: number, nowNs: number): void
  onWritable(socket: number, core: number, nowNs: number): void
  /** The peer has closed its direction: nothing follows what is unread (`Sockets.endOfStream`). */
  onEndOfStream(socket: number, core: number, nowNs: number): void
  /** Both directions are closed, and the socket's own FIN is acknowledged or its peer's answered (TIME_WAIT). */
  onClosed(socket: number, core: number, nowNs: number): void
  /** The connection ended without a close: a reset came, or nobody answered any more. */
  onReset(socket: number, core: number, nowNs: number): void
}

/** Gives a connection the port that it leaves its host by. */
export interface ConnectionPorts {
  /** A socket begins connection `number` of its row, 1 or above: its packets bear a new client port. */
  renew(socket: number, number: number): void
}
