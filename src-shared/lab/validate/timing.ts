import { formatNanos } from '#shared/units/index'

import type { Check } from './content'

/** Each flap is two changes that every agent hears of: more of them fill memory and time before the first packet is sent. */
const MAX_FLAPS = 10_000

/** The run measures something; traffic and faults happen in it. */
export const checkTiming: Check = ({ lab, given, isWhole }, report) => {
  const { duration, warmup } = lab.run
  if (!isWhole(['spec', 'run'])) return
  if (warmup >= duration) {
    const field = given(['spec', 'run', 'warmup']) === undefined ? 'duration' : 'warmup'
    const message = `The warm-up of ${formatNanos(warmup)} does not end before the run, which lasts ${formatNanos(duration)}.`
    report('warmup-too-long', ['spec', 'run', field], message, 'Measure longer, or warm up for less.')
  }
  const check = (
    what: string,
    path: (string | number)[],
    start: number,
    stop: number | undefined,
    fields: [string, string],
  ): void => {
    const [startField, stopField] = fields
    if (stop !== undefined && stop <= start) {
      report(
        'never-active',
        [...path, stopField],
        `${what} ends before it starts.`,
        `Make ${stopField} later than ${startField}.`,
      )
    } else if (start >= duration) {
      report(
        'never-active',
        [...path, startField],
        `${what} starts after the run has ended, at ${formatNanos(duration)}.`,
      )
    }
  }
  lab.traffic.forEach(({ name, start, stop }, index) => {
    check(`The traffic ${name}`, ['spec', 'traffic', index], start, stop, ['start', 'stop'])
  })
  lab.faults.forEach((fault, index) => {
    const { at, until } = fault
    const path = ['spec', 'faults', index]
    check('The fault', path, at, until, ['at', 'until'])
    if (fault.kind !== 'link-flap' || until === undefined) return
    if ((until - at) / fault.period > MAX_FLAPS) {
      const message = `The link would flap more than ${MAX_FLAPS} times.`
      report('too-many-flaps', [...path, 'period'], message, 'Make the period longer, or let the fault end earlier.')
    }
  })
}
