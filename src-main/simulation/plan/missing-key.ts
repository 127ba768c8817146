import type { StageId } from '#shared/plan/index'

import type { KeyFailure } from '../agents/index'
import { upTo, type Trip } from '../cni/common/index'

/** Where packets end without a key of IPsec: on which way, in which stage. */
export const KEY_STAGES: Readonly<Record<KeyFailure, { readonly side: 'transmit' | 'receive'; readonly stage: StageId }>> = {
  'ipsec-no-policy': { side: 'transmit', stage: 'esp-encrypt' },
  'ipsec-no-state': { side: 'receive', stage: 'esp-decrypt' },
  'ipsec-wrong-key': { side: 'receive', stage: 'esp-decrypt' },
}

/** A trip up to the stage that lacks a key. */
export function tripWithoutKey(trip: Trip, failure: KeyFailure): Trip {
  const { side, stage } = KEY_STAGES[failure]
  if (side === 'transmit') return { ...trip, transmit: upTo(trip.transmit, stage, 'with'), receive: undefined }
  return { ...trip, receive: trip.receive && upTo(trip.receive, stage, 'with') }
}
