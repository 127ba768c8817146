import { describe, expect, it } from 'vitest'

import { carriedChange } from '#shared/analysis/carried'
import type { CarriedTraffic, VariantResult } from '#shared/metrics/index'

function variant(...carried: CarriedTraffic[]): VariantResult {
  return { name: 'any', seeds: [], summary: {}, carried }
}

const bare = { traffic: 'bulk', payloadBytes: 1448, headerBytes: 52, framingBytes: 38 }
const vxlan = { traffic: 'bulk', payloadBytes: 1398, headerBytes: 102, framingBytes: 38 }

describe('carriedChange', () => {
  it('says what headers take from a full wire: 94.1 % and 90.9 % at an MTU of 1500', () => {
    expect(carriedChange(variant(vxlan), variant(bare))?.replaceAll('\u202f', ' ')).toBe(
      'A full packet of bulk has 102 B of headers instead of 52 B: at most 90.9 % instead of 94.1 % of the wire is payload.',
    )
  })

  it('speaks of the traffic that differs most', () => {
    const small = { ...bare, traffic: 'small', payloadBytes: 100 }
    const smallInVxlan = { ...small, headerBytes: 102 }
    expect(carriedChange(variant(vxlan, smallInVxlan), variant(bare, small))).toContain('packet of small')
  })

  it('has nothing to say where packets are alike, or where it is not known how they are carried', () => {
    expect(carriedChange(variant(bare), variant(bare))).toBeNull()
    expect(carriedChange(variant(vxlan), { name: 'old', seeds: [], summary: {} })).toBeNull()
    expect(carriedChange(variant(vxlan), variant())).toBeNull()
  })
})
