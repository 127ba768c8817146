/** What the programs at both ends of a flow do: one implementation per kind of traffic, one instance for all its flows. */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { Outlet } from '../transport/outlet'
import type { Sockets } from '../transport/sockets'
import type { Tcp } from '../transport/tcp'
import type { TcpReceiver } from '../transport/tcp-receiver'
import type { TcpSender } from '../transport/tcp-sender'
import type { Udp } from '../transport/udp'
import type { Threads } from './threads'

/**
 * The programs of one kind of traffic. A thread and its socket have the same number. An end's state is touched by events
 * of its own host only. `core` is the core whose context calls, −1 where none does (a timer, a bare host).
 */
export interface Application {
  /** The flow's time has come: its client acts for the first time. */
  start(client: number, nowNs: number): void
  /** The timer that the application set for a thread fired. */
  onTimer(thread: number, nowNs: number): void
  /** Decides what the thread's next call does: sets {@link Threads.call} and {@link Threads.bytes}. */
  beginCall(thread: number, nowNs: number): void
  /** Carries the call out; returns whether the thread goes on to another one. */
  finishCall(thread: number, core: number, nowNs: number): boolean
  /** The connection is there, at either end. */
  onEstablished(socket: number, core: number, nowNs: number): void
  /** Data or a datagram waits at the socket. */
  onReadable(socket: number, core: number, nowNs: number): void
  /** Room came free in the send buffer. */
  onWritable(socket: number, core: number, nowNs: number): void
  /** The peer closed its direction: nothing follows what is unread. */
  onEndOfStream(socket: number, core: number, nowNs: number): void
  /** The connection ended without a close. */
  onReset(socket: number, core: number, nowNs: number): void
}

/** What applications work with. */
export interface ApplicationParts {
  readonly flows: FlowTable
  readonly sockets: Sockets
  readonly accounts: Accounts
  readonly threads: Threads
  readonly tcp: Tcp
  readonly sender: TcpSender
  readonly receiver: TcpReceiver
  readonly udp: Udp
  readonly outlet: Outlet
  readonly seed: number
}

/** iperf3's and netperf's receive calls ask for this much at most. */
export const READ_BYTES = 131072
/** A datagram sender is woken when less than half of its buffer is in use (sock_writeable). */
export const DATAGRAM_WRITABLE_SHARE = 1 / 2
