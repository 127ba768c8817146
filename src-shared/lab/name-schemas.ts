import { addIssue } from './issue'
import { z } from './schema-library'

const MAX_NAME_LENGTH = 100

// A name is printed in tables, joined with `/` and written on the command line.
const plainName = /^[^\s/\p{C}]+$/u
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u
const labelKey = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/u
const labelValue = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/u

function checkedText(
  valid: (text: string) => boolean,
  message: (text: string) => string,
  fix?: (text: string) => string,
) {
  return z.string().superRefine((text, context) => {
    if (!valid(text)) addIssue(context, 'invalid-name', message(text), fix?.(text))
  })
}

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** Turns a text into the nearest name that Kubernetes accepts, or `x` when nothing of it is left. */
export function toLabelName(text: string): string {
  const letters = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
  return letters.slice(0, 63).replace(/^-+|-+$/gu, '') || 'x'
}

/** Whether a text can be the name of a rack, switch, node, external host, variant, traffic entry or note. */
export function isPlainName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && plainName.test(text)
}

/** Whether a text can be the name of a namespace or workload: a DNS label (RFC 1123), as Kubernetes requires. */
export function isLabelName(text: string): boolean {
  return label.test(text)
}

/** A name of things that are not Kubernetes objects: 1 to 100 characters, no white space, no `/`. */
export const plainNameSchema = checkedText(
  isPlainName,
  (text) => `${shown(text)} cannot be a name: 1 to ${MAX_NAME_LENGTH} characters without white space and "/".`,
).meta({ minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: String.raw`^[^\s/]+$` })

/** A name of Kubernetes objects: a DNS label (RFC 1123), 1 to 63 of a-z, 0-9 and `-`. */
export const labelNameSchema = checkedText(
  isLabelName,
  (text) => `${shown(text)} cannot be a Kubernetes name: 1 to 63 of a-z, 0-9 and "-", not at the ends.`,
  (text) => `Write ${toLabelName(text)}.`,
).meta({ pattern: label.source })

const subdomain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/u

/** A name of Kubernetes objects that may have dots: a DNS subdomain (RFC 1123), 1 to 253 of a-z, 0-9, `-` and `.`. */
export const objectNameSchema = checkedText(
  (text) => text.length <= 253 && subdomain.test(text),
  (text) => `${shown(text)} cannot be a Kubernetes name: 1 to 253 of a-z, 0-9, "-" and ".", not at the ends.`,
).meta({ pattern: subdomain.source })

function labelKeyMessage(key: string): string {
  return `${shown(key)} cannot be a label's key: an optional DNS name and "/", then up to 63 letters, digits, "-", "_" and ".".`
}

/** The key of a label: a qualified name. */
export const labelKeySchema = checkedText((text) => labelKey.test(text), labelKeyMessage)

/** Labels as Kubernetes has them: qualified names to short texts. */
export const labelsSchema = z
  .record(
    z.string(),
    checkedText(
      (text) => labelValue.test(text),
      (text) => `${shown(text)} cannot be a label's value: up to 63 letters, digits, "-", "_" and ".".`,
    ),
  )
  .superRefine((labels, context) => {
    for (const key of Object.keys(labels)) {
      if (!labelKey.test(key)) addIssue(context, 'invalid-name', labelKeyMessage(key), undefined, [key])
    }
  })

/** Labels: qualified names to short texts. */
export type Labels = Readonly<Record<string, string>>
