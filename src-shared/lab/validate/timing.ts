import { formatNanos } from '#shared/units/index'

import type { Check } from './content'

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
  lab.faults.forEach(({ at, until }, index) => {
    check('The fault', ['spec', 'faults', index], at, until, ['at', 'until'])
  })
}
