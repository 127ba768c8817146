import type { FieldReader } from '../../kubernetes/field-reader'

/** Characters of a name or pattern (pkg/fqdn/matchpattern, MaxFQDNLength). */
const LONGEST_NAME = 255

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
  if ((name ?? pattern ?? '').length > LONGEST_NAME) fields.place.invalid('', `Must be <= ${LONGEST_NAME} characters long`)
  return name ?? pattern ?? ''
}
