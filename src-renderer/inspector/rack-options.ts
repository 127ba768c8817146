import type { Outline } from '#renderer/stores/outline'
import type { SelectOption } from '#renderer/ui/index'

/** The racks of a lab to choose from, and none. */
export function rackOptions({ racks }: Outline): readonly SelectOption[] {
  return [{ value: '', label: 'None' }, ...racks.map(({ name }) => ({ value: name, label: name }))]
}
