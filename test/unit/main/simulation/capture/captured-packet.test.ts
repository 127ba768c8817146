import { RECORD_FLAG } from '#main/simulation/capture/captured-packet'
import { PACKET_FLAG } from '#worker/engine/packet-pool'
import { describe, expect, it } from 'vitest'

describe('records', () => {
  it('have the flags of the engine’s packets', () => {
    expect(PACKET_FLAG).toMatchObject(RECORD_FLAG)
  })
})
