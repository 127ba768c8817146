import { asObject, asText } from '#renderer/stores/given'
import { labelsSchema } from '#shared/lab/name-schemas'

/** Labels in a line of text, as `kubectl label` takes them: `app=web, tier=front`. */
export function labelsText(labels: unknown): string {
  return Object.entries(asObject(labels)).map(([key, value]) => `${key}=${asText(value)}`).join(', ')
}

/** Reads what `labelsText` writes; commas or spaces part labels. What it can't be is left to `refuseLabels`. */
export function labelsOfText(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs(text).map((pair) => {
    const [key = '', ...value] = pair.split('=')
    return [key, value.join('=')]
  }))
}

/** What is wrong with a line of labels; undefined where nothing is. */
export function refuseLabels(text: string): string | undefined {
  const lacking = pairs(text).find((pair) => !pair.includes('='))
  if (lacking !== undefined) return `${JSON.stringify(lacking)} has no value. Write key=value.`
  return labelsSchema.safeParse(labelsOfText(text)).error?.issues[0]?.message
}

function pairs(text: string): readonly string[] {
  return text.split(/[\s,]+/u).filter(Boolean)
}
