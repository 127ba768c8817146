import type { FieldPlace } from './field-reader'

/** RFC 1123 label, as namespaces and ports are named. */
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u
/** RFC 1123 subdomain, as most objects are named. */
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u
const QUALIFIED_NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u
const LABEL_LENGTH = 63
const SUBDOMAIN_LENGTH = 253
const PORT_NAME_LENGTH = 15
const LAST_PORT = 65_535

// What the API server says (apimachinery, util/validation), to the letter.
const WORDS = {
  subdomain:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  label:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  name: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  qualified:
    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
  value:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
} as const

function tooLong(most: number): string {
  return `must be no more than ${most} characters`
}

/** What is wrong with an RFC 1123 label (IsDNS1123Label); empty where nothing is. */
export function dnsLabelProblems(text: string): string[] {
  return problemsOf([text.length > LABEL_LENGTH, tooLong(LABEL_LENGTH)], [!DNS_LABEL.test(text), WORDS.label])
}

/** What is wrong with an RFC 1123 subdomain (IsDNS1123Subdomain); empty where nothing is. */
export function dnsSubdomainProblems(text: string): string[] {
  return problemsOf([text.length > SUBDOMAIN_LENGTH, tooLong(SUBDOMAIN_LENGTH)], [!DNS_SUBDOMAIN.test(text), WORDS.subdomain])
}

/** Checks the key of a label (IsQualifiedName). */
export function checkLabelKey(key: string, place: FieldPlace): void {
  const parts = key.split('/')
  if (parts.length > 2) {
    place.invalid(key, WORDS.qualified)
    return
  }
  const name = parts.at(-1)!
  const problems = parts.length === 1 ? [] : prefixProblems(parts[0]!)
  problems.push(
    ...problemsOf(
      [name === '', 'name part must be non-empty'],
      [name.length > LABEL_LENGTH, `name part ${tooLong(LABEL_LENGTH)}`],
      [!QUALIFIED_NAME.test(name), WORDS.name],
    ),
  )
  for (const problem of problems) place.invalid(key, problem)
}

function prefixProblems(prefix: string): string[] {
  return prefix === '' ? ['prefix part must be non-empty'] : dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`)
}

/** Checks the value of a label (IsValidLabelValue). */
export function checkLabelValue(value: string, place: FieldPlace): void {
  const problems = problemsOf(
    [value.length > LABEL_LENGTH, tooLong(LABEL_LENGTH)],
    [value !== '' && !QUALIFIED_NAME.test(value), WORDS.value],
  )
  for (const problem of problems) place.invalid(value, problem)
}

/** Checks labels. */
export function checkLabels(labels: Readonly<Record<string, string>>, place: FieldPlace): void {
  for (const [key, value] of Object.entries(labels)) {
    checkLabelKey(key, place)
    checkLabelValue(value, place)
  }
}

/** What is wrong with a port's name (IsValidPortName): an IANA service name; empty where nothing is. */
export function portNameProblems(text: string): string[] {
  return problemsOf(
    [text.length > PORT_NAME_LENGTH, tooLong(PORT_NAME_LENGTH)],
    [!/^[-a-z0-9]+$/u.test(text), 'must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)'],
    [!/[a-z]/u.test(text), 'must contain at least one letter (a-z)'],
    [text.includes('--'), 'must not contain consecutive hyphens'],
    [text.startsWith('-') || text.endsWith('-'), 'must not begin or end with a hyphen'],
  )
}

/** Checks a port's number (IsValidPortNum). */
export function checkPortNumber(port: number, place: FieldPlace): void {
  if (!Number.isInteger(port) || port < 1 || port > LAST_PORT) place.invalid(port, 'must be between 1 and 65535, inclusive')
}

/** Checks a port given by number or name. */
export function checkPort(port: number | string, place: FieldPlace): void {
  if (typeof port === 'number') checkPortNumber(port, place)
  else for (const problem of portNameProblems(port)) place.invalid(port, problem)
}

function problemsOf(...checks: readonly (readonly [boolean, string])[]): string[] {
  return checks.flatMap(([isWrong, words]) => (isWrong ? [words] : []))
}
