import type { FieldPlace } from './field-reader'

/** RFC 1123 label, as namespaces and ports are named. */
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u
/** RFC 1123 subdomain, as most objects are named. */
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u
const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/u
const SUBDOMAIN_LENGTH = 253
const PORT_NAME_LENGTH = 15

/** Whether a text is an RFC 1123 label. */
export function isDnsLabel(text: string): boolean {
  return DNS_LABEL.test(text)
}

/** Whether a text is an RFC 1123 subdomain. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= SUBDOMAIN_LENGTH && DNS_SUBDOMAIN.test(text)
}

/** Checks the key of a label (apimachinery, IsQualifiedName). */
export function checkLabelKey(key: string, place: FieldPlace): void {
  const parts = key.split('/')
  const name = parts.at(-1)!
  if (parts.length > 2 || (parts.length === 2 && !isDnsSubdomain(parts[0]!))) {
    place.invalid(key, "a qualified name must consist of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain prefix and '/'")
  } else if (!LABEL_NAME.test(name)) {
    place.invalid(
      key,
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, with at most 63 characters",
    )
  }
}

/** Checks the value of a label (apimachinery, IsValidLabelValue). */
export function checkLabelValue(value: string, place: FieldPlace): void {
  if (LABEL_VALUE.test(value)) return
  place.invalid(
    value,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, with at most 63 characters",
  )
}

/** Checks labels. */
export function checkLabels(labels: Readonly<Record<string, string>>, place: FieldPlace): void {
  for (const [key, value] of Object.entries(labels)) {
    checkLabelKey(key, place)
    checkLabelValue(value, place.entry(key))
  }
}

/** Whether a text is a port's name (apimachinery, IsValidPortName): an IANA service name, at most 15 characters. */
export function isPortName(text: string): boolean {
  return (
    text.length <= PORT_NAME_LENGTH && /^[a-z0-9](?:-?[a-z0-9])*$/u.test(text) && /[a-z]/u.test(text)
  )
}

/** Checks a port's number. */
export function checkPortNumber(port: number, place: FieldPlace): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) place.invalid(port, 'must be between 1 and 65535, inclusive')
}

/** Checks a port given by number or name. */
export function checkPort(port: number | string, place: FieldPlace): void {
  if (typeof port === 'number') checkPortNumber(port, place)
  else if (!isPortName(port)) {
    place.invalid(port, 'must contain only alphanumeric characters (a-z, 0-9) and hyphens, at least one letter, at most 15 characters')
  }
}
