import { TRACKED_STATE } from '#shared/plan/index'
import { PACKET_FLAG } from '#worker/engine/packet-pool'
import { firstTcpState, isClosing, nextTcpState, UNTRACKED } from '#worker/engine/tracking/connection-states'
import { describe, expect, it } from 'vitest'

const { syn, ack, fin, reset } = PACKET_FLAG
const S = TRACKED_STATE

/** The states that a conversation passes: packets of the opener (`>`) and of its peer (`<`). */
function statesOf(packets: readonly (readonly ['>' | '<', number])[]): number[] {
  let state = firstTcpState(packets[0]![1])
  return [state, ...packets.slice(1).map(([from, flags]) => (state = nextTcpState(state, flags, from === '<')))]
}

describe('TCP’s states in connection tracking', () => {
  it('follow a connection from its SYN to TIME_WAIT', () => {
    expect(
      statesOf([['>', syn], ['<', syn | ack], ['>', ack], ['>', ack], ['>', fin | ack], ['<', ack], ['<', fin | ack], ['>', ack]]),
    ).toEqual([S.synSent, S.synReceived, S.established, S.established, S.finWait, S.closeWait, S.lastAck, S.timeWait])
  })

  it('stay where a SYN or its answer is sent again', () => {
    expect(statesOf([['>', syn], ['>', syn], ['<', syn | ack], ['<', syn | ack], ['>', syn]])).toEqual([
      S.synSent, S.synSent, S.synReceived, S.synReceived, S.synReceived,
    ])
  })

  it('wait for the opener’s acknowledgement of the SYN-ACK', () => {
    expect(statesOf([['>', syn], ['<', syn | ack], ['<', ack], ['>', ack]]).slice(2)).toEqual([S.synReceived, S.established])
  })

  it('see both ends close at once', () => {
    expect(statesOf([['>', ack], ['>', fin | ack], ['<', fin | ack], ['>', ack]])).toEqual([
      S.established, S.finWait, S.lastAck, S.timeWait,
    ])
  })

  it('end with a reset, from which a new SYN begins again', () => {
    expect(statesOf([['>', syn], ['<', reset | ack], ['>', ack], ['>', syn]])).toEqual([S.synSent, S.close, S.close, S.synSent])
  })

  it('begin in the middle with an acknowledgement, but with nothing that ends or answers', () => {
    expect([ack, fin | ack, reset, syn | ack].map(firstTcpState)).toEqual([S.established, UNTRACKED, UNTRACKED, UNTRACKED])
  })

  it('tell closing connections apart', () => {
    const closing = Object.entries(S).flatMap(([name, state]) => (isClosing(state) ? [name] : []))
    expect(closing).toEqual(['finWait', 'closeWait', 'lastAck', 'timeWait', 'close'])
  })
})
