/**
 * What packets make of an entry's state. TCP's states are netfilter's (net/netfilter/nf_conntrack_proto_tcp.c,
 * tcp_conntracks), without those that only packets out of their window or connections opened from both sides reach;
 * programs keep less, which their tables' timeouts say.
 */

import { TRACKED_STATE } from '#shared/plan/index'
import { PACKET_FLAG } from '../packet-pool'

const S = TRACKED_STATE
const STATES = 8
/** What a packet's flags say to connection tracking, in the order in which netfilter asks (get_conntrack_index). */
const SIGN = { reset: 0, syn: 1, synAck: 2, fin: 3, ack: 4 } as const

/** The next state by sign and state, from `synSent` to `close`. */
// prettier-ignore
const NEXT = Uint8Array.of(
  // reset
  S.close, S.close, S.close, S.close, S.close, S.close, S.close, S.close,
  // syn: a new connection after a close, else sent again or out of place
  S.synSent, S.synReceived, S.established, S.finWait, S.closeWait, S.lastAck, S.synSent, S.synSent,
  // synAck
  S.synReceived, S.synReceived, S.established, S.finWait, S.closeWait, S.lastAck, S.timeWait, S.close,
  // fin: the second one, or the first one again
  S.synSent, S.finWait, S.finWait, S.lastAck, S.lastAck, S.lastAck, S.timeWait, S.close,
  // ack
  S.synSent, S.established, S.established, S.closeWait, S.closeWait, S.timeWait, S.timeWait, S.close,
)

/** The state of a TCP connection behind a packet with these flags. An answer to a SYN alone is not an acknowledgement of it. */
export function nextTcpState(state: number, flags: number, isReply: boolean): number {
  const sign = signOf(flags)
  // What answers the SYN-ACK is the opener's: the peer's own acknowledgements wait for that.
  if (sign === SIGN.ack && state === S.synReceived && isReply) return state
  return NEXT[sign * STATES + state]
}

/** No connection begins with such a packet. */
export const UNTRACKED = -1

/**
 * The first state of a TCP connection: its SYN's, or that of one that is picked up in the middle (nf_conntrack_tcp_loose);
 * {@link UNTRACKED} for what belongs to none that is known.
 */
export function firstTcpState(flags: number): number {
  const sign = signOf(flags)
  if (sign === SIGN.syn) return S.synSent
  return sign === SIGN.ack ? S.established : UNTRACKED
}

/** Whether netfilter gives such an entry up when its table is nearly full (tcp_can_early_drop). */
export function isClosing(state: number): boolean {
  return state >= S.finWait && state <= S.close
}

function signOf(flags: number): number {
  if ((flags & PACKET_FLAG.reset) !== 0) return SIGN.reset
  if ((flags & PACKET_FLAG.syn) !== 0) return (flags & PACKET_FLAG.ack) === 0 ? SIGN.syn : SIGN.synAck
  return (flags & PACKET_FLAG.fin) === 0 ? SIGN.ack : SIGN.fin
}
