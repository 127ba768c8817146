import type { CarriedTraffic, VariantResult } from '#shared/metrics/index'
import { humanShare } from '#shared/units/index'

/** The share of a busy wire's bytes that is payload, where all packets are full. */
function payloadShare({ payloadBytes, headerBytes, framingBytes }: CarriedTraffic): number {
  return payloadBytes / (payloadBytes + headerBytes + framingBytes)
}

/**
 * A sentence about how much less, or more, payload a full packet carries than the baseline's: what it costs where the
 * wire is full. About the traffic entry that differs most; null where none does.
 */
export function carriedChange(variant: VariantResult, base: VariantResult): string | null {
  const changes = (variant.carried ?? []).flatMap((own) => {
    const other = base.carried?.find(({ traffic }) => traffic === own.traffic)
    return other ? [{ own, other, by: payloadShare(own) - payloadShare(other) }] : []
  })
  const [largest] = changes.sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
  if (!largest || largest.by === 0) return null
  const { own, other } = largest
  const shares = `${humanShare(payloadShare(own))} instead of ${humanShare(payloadShare(other))}`
  return `A full packet of ${own.traffic} has ${own.headerBytes} B of headers instead of ${other.headerBytes} B: at most ${shares} of the wire is payload.`
}
