/** A piece of HTML that is safe to put into a page as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: texts and numbers are escaped, pieces are not, lists are joined, null and false are nothing. */
export type HtmlValue = string | number | Html | null | false | readonly HtmlValue[]

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function toHtml(value: HtmlValue): string {
  if (value === null || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(toHtml).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => escapes[character]!)
}

/** Makes HTML of a template: all that is put in is escaped unless it is HTML already. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((text, index) => text + toHtml(values[index] ?? null)).join(''))
}

/** Takes a text for HTML. Requires: it is, and nothing in it comes from the user unescaped. */
export function trusted(text: string): Html {
  return new Html(text)
}
