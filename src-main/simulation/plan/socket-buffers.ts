import type { Traffic } from '#shared/lab/index'
import { AUTOTUNED } from '#shared/plan/index'

import type { HostDefaults } from './calibration'
import type { EntryRow } from './flow-row'
import type { Transport } from './template-builder'

/** The kernel takes twice what a socket asks for (net/core/sock.c, __sock_set_rcvbuf), half of which is TCP's window. */
const KERNEL_FACTOR = 2
/** Least that the kernel takes for a receive buffer, and half of what it takes for a send buffer (include/net/sock.h, SOCK_MIN_RCVBUF). */
const LEAST_BUFFER = 2304
/** The largest window: 16 bits scaled by 14 (RFC 7323, section 2.3). */
const LARGEST_WINDOW = 65_535 * 2 ** 14
/** include/net/tcp.h, TCP_MSS_DEFAULT. */
const USUAL_SEGMENT = 536

/** The window of TCP sockets that ask for a receive buffer. */
function windowOf(receiveBuffer: number): number {
  return Math.min(Math.max(receiveBuffer, LEAST_BUFFER / KERNEL_FACTOR), LARGEST_WINDOW)
}

/** What UDP sockets hold that ask for a receive buffer. */
function datagramRoom(receiveBuffer: number): number {
  return Math.max(receiveBuffer * KERNEL_FACTOR, LEAST_BUFFER)
}

/** A segment is at most half of a small window (tcp_bound_to_half_wnd). */
export function segmentRoom(room: number, { receiveBuffer }: Traffic, transport: Transport): number {
  if (transport !== 'tcp' || receiveBuffer === undefined) return room
  const window = windowOf(receiveBuffer)
  return Math.min(room, window > USUAL_SEGMENT ? Math.floor(window / 2) : window)
}

/** What sockets hold: the kernel's own sizes, to which TCP's grow, or what they ask for, and then for good (SOCK_RCVBUF_LOCK). */
export function socketBuffers(
  { sendBuffer, receiveBuffer }: Traffic,
  isDatagram: boolean,
  defaults: HostDefaults,
): Pick<EntryRow, 'autotuned' | 'sendBufferBytes' | 'receiveBufferBytes'> {
  const tunes = (buffer: number | undefined, bit: number) => (isDatagram || buffer !== undefined ? 0 : bit)
  const usual = (tcp: string) => defaults.of(isDatagram ? 'udpBuffer' : tcp)
  const received = isDatagram ? datagramRoom : windowOf
  return {
    autotuned: tunes(sendBuffer, AUTOTUNED.send) | tunes(receiveBuffer, AUTOTUNED.receive),
    sendBufferBytes: sendBuffer === undefined ? usual('tcpSendBuffer') : Math.max(sendBuffer * KERNEL_FACTOR, 2 * LEAST_BUFFER),
    receiveBufferBytes: receiveBuffer === undefined ? usual('tcpReceiveWindow') : received(receiveBuffer),
  }
}
