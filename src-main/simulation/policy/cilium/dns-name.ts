import type { FieldReader } from '../../kubernetes/field-reader'

/** A name or pattern of `toFQDNs` or of a DNS rule (pkg/policy/api/fqdn.go). */
export function readDnsName(fields: FieldReader): string {
  const name = fields.string('matchName')
  const pattern = fields.string('matchPattern')
  if (name === undefined && pattern === undefined) fields.place.invalid('', 'MatchName or MatchPattern must be set')
  if (name !== undefined && pattern !== undefined) fields.place.invalid('', 'only one of MatchName or MatchPattern is allowed')
  if (name !== undefined && !/^[-a-zA-Z0-9_.]+$/u.test(name)) fields.at('matchName').invalid(name, 'only 0-9, a-z, A-Z and ., - and _ are allowed')
  if (pattern !== undefined && !/^[-a-zA-Z0-9_.*]+$/u.test(pattern)) {
    fields.at('matchPattern').invalid(pattern, 'only 0-9, a-z, A-Z and ., -, _ and * are allowed')
  }
  return name ?? pattern ?? ''
}
