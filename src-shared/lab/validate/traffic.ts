import { didYouMean } from '../did-you-mean'
import type { DocumentPath } from '../document-path'
import { MODELLED_ENDS } from '../modelled'
import type { Report } from '../problem'
import { OPTIONS_OF_KIND, TRAFFIC_OPTIONS, type Traffic } from '../record/traffic'
import type { Check } from './content'

/** Traffic entries say only what has a meaning for their kind, and is modelled. */
export const checkTraffic: Check = ({ lab }, report) => {
  lab.traffic.forEach((traffic, index) => {
    const path = ['spec', 'traffic', index]
    checkOptions(traffic, path, report)
    checkEnds(traffic, path, report)
  })
}

function checkOptions(traffic: Traffic, path: DocumentPath, report: Report): void {
  const { name, kind } = traffic
  for (const option of TRAFFIC_OPTIONS) {
    if (traffic[option] === undefined || OPTIONS_OF_KIND[kind].includes(option)) continue
    const fix = didYouMean('', OPTIONS_OF_KIND[kind])
    report('not-applicable', [...path, option], `The traffic ${name}: ${option} has no meaning for ${kind}.`, fix)
  }
}

function checkEnds({ name, from, to }: Traffic, path: DocumentPath, report: Report): void {
  if (from.port !== undefined) {
    report(
      'not-applicable',
      [...path, 'from', 'port'],
      `The traffic ${name}: a sender takes a free port of its own.`,
      'Leave it out.',
    )
  }
  if (from.kind === 'service') {
    report(
      'not-applicable',
      [...path, 'from', 'service'],
      `The traffic ${name}: a service sends nothing by itself.`,
      'Name a pod or a workload.',
    )
  } else if (!MODELLED_ENDS.includes(from.kind)) {
    report(
      'not-modelled',
      [...path, 'from', from.kind],
      `The traffic ${name}: traffic from a ${from.kind} is not modelled yet.`,
    )
  }
  if (MODELLED_ENDS.includes(to.kind)) return
  const message = `The traffic ${name}: traffic to a ${to.kind} is not modelled yet.`
  report('not-modelled', [...path, 'to', to.kind], message, 'Send to a pod or a workload.')
}
