import { didYouMean } from '../did-you-mean'
import { LAB_VERSIONS } from '../migrations'
import type { Finding } from '../problem'
import { LAB_API_VERSION, LAB_KIND } from '../record/lab'
import { standingOf } from '../versions'

/** Whether a document is a lab that this app can judge, and what is wrong with its version and kind. */
export interface HeaderResult {
  readonly isLab: boolean
  readonly findings: readonly Finding[]
}

/** Checks `apiVersion` and `kind`. Where either is right, the content is worth checking too. */
export function checkHeader(value: unknown): HeaderResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'The document is not a mapping with apiVersion, kind, metadata and spec.'
    return { isLab: false, findings: [{ code: 'wrong-type', path: [], message }] }
  }
  const { apiVersion, kind } = value as Record<string, unknown>
  const findings = [versionFinding(apiVersion), kindFinding(kind)].filter((finding) => finding !== undefined)
  const newer = findings.some((finding) => finding.code === 'newer-version')
  return { isLab: !newer && findings.length < 2, findings }
}

function versionFinding(version: unknown): Finding | undefined {
  const path = ['apiVersion']
  const fix = `Write apiVersion: ${LAB_API_VERSION}.`
  if (version === undefined) return { code: 'missing', path, message: 'The apiVersion is missing.', fix }
  if (typeof version !== 'string') return { code: 'wrong-type', path, message: 'The apiVersion is not a text.', fix }
  switch (standingOf(version, LAB_VERSIONS)) {
    case 'current':
    case 'older':
      return undefined
    case 'newer': {
      const message = `${version} is of a newer CNI Lab; this one reads up to ${LAB_API_VERSION}.`
      return { code: 'newer-version', path, message, fix: 'Update CNI Lab.' }
    }
    case 'unknown':
      return {
        code: 'unknown-version',
        path,
        message: `${JSON.stringify(version)} is not a version of lab files.`,
        fix,
      }
  }
}

function kindFinding(kind: unknown): Finding | undefined {
  const path = ['kind']
  const fix = didYouMean(typeof kind === 'string' ? kind : '', [LAB_KIND]) ?? `Write kind: ${LAB_KIND}.`
  if (kind === LAB_KIND) return undefined
  if (kind === undefined) return { code: 'missing', path, message: 'The kind is missing.', fix }
  if (typeof kind !== 'string') return { code: 'wrong-type', path, message: 'The kind is not a text.', fix }
  return { code: 'wrong-value', path, message: `The kind ${JSON.stringify(kind)} is not that of a lab file.`, fix }
}
