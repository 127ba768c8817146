/** What is known of an `apiVersion`. */
export type VersionStanding = 'current' | 'older' | 'newer' | 'unknown'

const shape = /^(?<group>[^/]+)\/v(?<major>\d{1,4})(?:(?<stage>alpha|beta)(?<minor>\d{1,4}))?$/u
const stages = ['alpha', 'beta', undefined]

/** Kubernetes' order of versions: v1alpha1 < v1alpha2 < v1beta1 < v1 < v2alpha1. */
function rank(version: string, group: string | undefined): number[] | undefined {
  const groups = shape.exec(version)?.groups
  if (groups === undefined || groups['group'] !== group) return undefined
  return [Number(groups['major']), stages.indexOf(groups['stage']), Number(groups['minor'] ?? 0)]
}

/** How an `apiVersion` stands to the known versions, the last of which is the current one. */
export function standingOf(version: string, known: readonly string[]): VersionStanding {
  const current = known.at(-1)!
  if (known.includes(version)) return version === current ? 'current' : 'older'
  const group = current.split('/')[0]
  const given = rank(version, group)
  const newest = rank(current, group)
  if (given === undefined || newest === undefined) return 'unknown'
  const place = given.findIndex((part, index) => part !== newest[index])
  return place >= 0 && given[place]! > newest[place]! ? 'newer' : 'unknown'
}
