import { parsePath, setField, type LabChange, type LabDocument, type PlainValue, type Problem } from '#shared/lab/index'

import { asList, asObject, asText, isObject, valueAt } from '../given'

/** An edit that puts a problem right, and what it does in words. */
export interface QuickFix {
  readonly label: string
  readonly change: LabChange
}

/** Problems that are gone once what they are about is. */
const REMOVED: ReadonlySet<Problem['code']> = new Set(['stale-view', 'unknown-key', 'unknown-setting', 'not-applicable', 'duplicate-key'])

/** The edit that puts a problem right, where there is one that cannot be wrong about what was meant. */
export function quickFix(document: LabDocument, problem: Problem): QuickFix | undefined {
  const path = parsePath(problem.path)
  const set = (label: string, value: PlainValue | undefined, at = path): QuickFix =>
    ({ label, change: { label, operations: setField(document, at, value).operations } })
  const meant = /^Did you mean (.+)\?$/u.exec(problem.fix ?? '')?.[1]
  const given = valueAt(document.value, path)
  if (meant !== undefined && typeof given === 'string') return set(`Write ${meant}`, meant)
  if (REMOVED.has(problem.code)) return set('Remove it', undefined)
  switch (problem.code) {
    case 'mtu-beyond-path': {
      const bytes = Number(/carry (\d+)/u.exec(problem.fix ?? '')?.[1])
      return Number.isInteger(bytes) ? set(`Let it carry ${bytes}`, bytes) : undefined
    }
    case 'rate-beyond-path': {
      const rate = /at most (\S+),/u.exec(problem.fix ?? '')?.[1]
      return rate === undefined ? undefined : set(`Send ${rate}`, rate)
    }
    case 'port-not-open': {
      const port = Number(/Send to (\d+)/u.exec(problem.fix ?? '')?.[1])
      return Number.isInteger(port) ? set(`Send to ${port}`, port) : undefined
    }
    case 'as-conflict':
      return set('Give it an AS of its own', freeAsn(document.value), path.at(-1) === 'asn' ? path : [...path, 'asn'])
    case 'overlapping-cidrs':
    case 'cidr-too-small':
      return path.at(-1) === 'podCIDR' ? set('Use 10.128.0.0/9', '10.128.0.0/9') : path.at(-1) === 'serviceCIDR' ? set('Use 172.30.0.0/16', '172.30.0.0/16') : undefined
    case 'duplicate-name':
      return typeof given === 'string' ? set(`Rename to ${given}-2`, `${given}-2`) : undefined
    case 'never-active':
      return set('Remove the time', undefined)
    default:
      return undefined
  }
}

/** The first private AS number (RFC 6996) from 65001 on that nothing of the lab has. */
function freeAsn(lab: unknown): number {
  const spec = asObject(asObject(lab)['spec'])
  const things = [...asList(asObject(spec['fabric'])['switches']), ...asList(spec['nodes'])].filter(isObject)
  const taken = new Set(things.map((thing) => asText(thing['asn'])))
  let asn = 65_001
  while (taken.has(String(asn))) asn += 1
  return asn
}
