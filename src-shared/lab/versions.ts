import { LAB_API_VERSION } from './record/lab'

/** The versions of lab files that are read here, oldest first; a document of an older one is migrated step by step. */
export const LAB_VERSIONS: readonly string[] = [LAB_API_VERSION]

/** What is known of an `apiVersion`. */
export type VersionStanding = 'current' | 'older' | 'newer' | 'unknown'

const shape = /^(?<group>[^/]+)\/v(?<major>\d{1,4})(?:(?<stage>alpha|beta)(?<minor>\d{1,4}))?$/u
const stages = ['alpha', 'beta', undefined]

/** Kubernetes' order of versions: v1alpha1 < v1alpha2 < v1beta1 < v1 < v2alpha1. */
function rank(version: string): number[] | undefined {
  const groups = shape.exec(version)?.groups
  if (groups === undefined || groups['group'] !== LAB_API_VERSION.split('/')[0]) return undefined
  return [Number(groups['major']), stages.indexOf(groups['stage']), Number(groups['minor'] ?? 0)]
}

/** How an `apiVersion` stands to the known versions, the last of which is the current one. */
export function standingOf(version: string, known: readonly string[] = LAB_VERSIONS): VersionStanding {
  const current = known.at(-1)!
  if (known.includes(version)) return version === current ? 'current' : 'older'
  const given = rank(version)
  const newest = rank(current)
  if (given === undefined || newest === undefined) return 'unknown'
  const place = given.findIndex((part, index) => part !== newest[index])
  return place >= 0 && given[place]! > newest[place]! ? 'newer' : 'unknown'
}
