/** What is wrong with a field of an object, in the words of the API server (apimachinery, field.Error). */
export interface FieldError {
  /** `spec.ingress[0].ports[1].port`. */
  readonly field: string
  readonly kind: 'Required value' | 'Invalid value' | 'Unsupported value' | 'Duplicate value' | 'Forbidden' | 'Too many' | 'unknown field'
  readonly detail: string
}

/** An error as kubectl prints it. */
export function fieldErrorText({ field, kind, detail }: FieldError): string {
  return kind === 'unknown field' ? `unknown field "${field}"` : `${field}: ${kind}${detail === '' ? '' : `: ${detail}`}`
}

/** A place in an object that is read, and where to say what is wrong there. */
export class FieldPlace {
  readonly path: string
  private readonly errors: FieldError[]

  constructor(path: string, errors: FieldError[]) {
    this.path = path
    this.errors = errors
  }

  /** The place of a field below. */
  field(name: string): FieldPlace {
    return new FieldPlace(this.path === '' ? name : `${this.path}.${name}`, this.errors)
  }

  /** The place of an entry of a list. */
  entry(index: number | string): FieldPlace {
    return new FieldPlace(`${this.path}[${index}]`, this.errors)
  }

  required(detail = ''): void {
    this.errors.push({ field: this.path, kind: 'Required value', detail })
  }

  invalid(value: unknown, why: string): void {
    this.errors.push({ field: this.path, kind: 'Invalid value', detail: `${shown(value)}: ${why}` })
  }

  unsupported(value: unknown, supported: readonly string[]): void {
    const list = supported.map((text) => `"${text}"`).join(', ')
    this.errors.push({ field: this.path, kind: 'Unsupported value', detail: `${shown(value)}: supported values: ${list}` })
  }

  duplicate(value: unknown): void {
    this.errors.push({ field: this.path, kind: 'Duplicate value', detail: shown(value) })
  }

  forbidden(why: string): void {
    this.errors.push({ field: this.path, kind: 'Forbidden', detail: why })
  }

  tooMany(count: number, most: number): void {
    this.errors.push({ field: this.path, kind: 'Too many', detail: `${count}: must have at most ${most} items` })
  }

  unknown(): void {
    this.errors.push({ field: this.path, kind: 'unknown field', detail: '' })
  }
}

/**
 * Reads the fields of an object that came from YAML or JSON. What is `null` counts as absent, as when Go decodes JSON. A
 * value of the wrong type is an error and reads as absent, so that all errors of an object are found at once.
 */
export class FieldReader {
  readonly place: FieldPlace
  private readonly values: Readonly<Record<string, unknown>>
  private readonly asked = new Set<string>()

  constructor(value: unknown, place: FieldPlace) {
    this.place = place
    this.values = isObject(value) ? value : {}
    if (value !== undefined && value !== null && !isObject(value)) place.invalid(value, 'must be an object')
  }

  /** The place of a field. */
  at(name: string): FieldPlace {
    return this.place.field(name)
  }

  /** Whether a field is there at all. */
  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  /** A field as it is. */
  raw(name: string): unknown {
    this.asked.add(name)
    return this.values[name] ?? undefined
  }

  string(name: string): string | undefined {
    return this.typed(name, 'string', (value) => typeof value === 'string') as string | undefined
  }

  number(name: string): number | undefined {
    return this.typed(name, 'number', (value) => typeof value === 'number' && Number.isFinite(value)) as number | undefined
  }

  integer(name: string): number | undefined {
    return this.typed(name, 'integer', (value) => Number.isInteger(value)) as number | undefined
  }

  boolean(name: string): boolean | undefined {
    return this.typed(name, 'boolean', (value) => typeof value === 'boolean') as boolean | undefined
  }

  /** A number or a name, as ports are. */
  integerOrString(name: string): number | string | undefined {
    const fits = (value: unknown): boolean => Number.isInteger(value) || typeof value === 'string'
    return this.typed(name, 'integer or string', fits) as number | string | undefined
  }

  /** A string that is one of a few. */
  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.string(name)
    if (value === undefined) return undefined
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) this.at(name).unsupported(value, choices)
    return chosen
  }

  /** A mapping of strings, as labels are. */
  strings(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const place = this.at(name)
    if (!isObject(value)) {
      place.invalid(value, 'must be of type object')
      return undefined
    }
    const read: Record<string, string> = {}
    for (const [key, text] of Object.entries(value)) {
      if (typeof text === 'string') read[key] = text
      else place.entry(key).invalid(text, 'must be of type string')
    }
    return read
  }

  /** A list, each entry read on its own; undefined where it is absent. */
  list<Item>(name: string, read: (value: unknown, place: FieldPlace) => Item): Item[] | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    const place = this.at(name)
    if (!Array.isArray(value)) {
      place.invalid(value, 'must be of type array')
      return undefined
    }
    return value.map((item: unknown, index) => read(item, place.entry(index)))
  }

  /** A list of strings. */
  stringList(name: string): string[] | undefined {
    return this.list(name, (value, place) => {
      if (typeof value === 'string') return value
      place.invalid(value, 'must be of type string')
      return ''
    })
  }

  /** A list of objects. */
  objects<Item>(name: string, read: (fields: FieldReader) => Item): Item[] | undefined {
    return this.list(name, (value, place) => readObject(value, place, read))
  }

  /** An object; undefined where it is absent. */
  object<Item>(name: string, read: (fields: FieldReader) => Item): Item | undefined {
    const value = this.raw(name)
    return value === undefined ? undefined : readObject(value, this.at(name), read)
  }

  /** Reports the fields that nobody asked for. */
  finish(): void {
    for (const name of Object.keys(this.values)) if (!this.asked.has(name)) this.at(name).unknown()
  }

  /** A field of a type; undefined where it is absent or of another. */
  private typed(name: string, type: string, fits: (value: unknown) => boolean): unknown {
    const value = this.raw(name)
    if (value === undefined || fits(value)) return value
    this.at(name).invalid(value, `must be of type ${type}`)
    return undefined
  }
}

/** Reads an object and reports the fields that `read` did not ask for. */
export function readObject<Item>(value: unknown, place: FieldPlace, read: (fields: FieldReader) => Item): Item {
  const fields = new FieldReader(value, place)
  const item = read(fields)
  fields.finish()
  return item
}

/** Whether a value is a mapping. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The mappings in a list; none of what is no list. */
export function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? 'undefined' : text.length > 80 ? `${text.slice(0, 77)}...` : text
}
