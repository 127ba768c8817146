import type { AddressPair, Trip } from './cni-model'
import { changesOf } from './path'

/** The addresses of a trip's packets behind the translations that its sender makes; inside, where there are tunnels. */
export function addressesOnWire({ transmit, translations, addresses }: Trip): AddressPair {
  const steps = transmit.flatMap((pass) => pass.steps)
  const made = steps.filter((step) => changesOf(step).includes('translate')).length
  return translations
    .slice(0, made)
    .reduce((now, { source = now.source, destination = now.destination }): AddressPair => ({ source, destination }), addresses)
}
