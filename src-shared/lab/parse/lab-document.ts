import { Composer, LineCounter, Parser, Lexer, type Document } from 'yaml'

import type { Finding } from '../problem'
import type { ProblemCode } from '../problem-codes'
import { readValue } from './yaml-value'

/** Longest text that is read, in UTF-16 units (16 Mi). */
export const MAX_TEXT_LENGTH = 16 * 1024 * 1024

/** Deepest nesting of mappings and sequences. */
export const MAX_DEPTH = 64

/** A finding whose line is known, because there may be no document to find it in. */
export interface LocatedFinding extends Finding {
  readonly line: number
}

/**
 * A lab document: a text that is one YAML document, with its nodes and their places. It is a value: an edit makes another.
 * What it says may be wrong in every other way.
 */
export interface LabDocument {
  readonly text: string
  readonly yaml: Document.Parsed
  readonly lines: LineCounter
  /** The content as plain objects, arrays and scalars; aliases are followed. */
  readonly value: unknown
  /** What is wrong with it as YAML, though it can be read: duplicate keys and the like. */
  readonly findings: readonly LocatedFinding[]
}

/** Text that stands in place of a stretch of a text that was read. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A document that was read, and the scalars of its text that were replaced since. */
export interface Base {
  readonly document: LabDocument
  readonly replaced: readonly Replacement[]
}

/** A document whose content is known and whose text is read when its nodes are asked for. */
class EditedDocument implements LabDocument {
  readonly text: string
  readonly value: unknown
  readonly base: Base | undefined
  #read: LabDocument | undefined

  constructor(text: string, value: unknown, base: Base | undefined) {
    this.text = text
    this.value = value
    this.base = base
  }

  get yaml(): Document.Parsed {
    return this.read().yaml
  }

  get lines(): LineCounter {
    return this.read().lines
  }

  get findings(): readonly LocatedFinding[] {
    return this.read().findings
  }

  get isRead(): boolean {
    return this.#read !== undefined
  }

  read(): LabDocument {
    if (this.#read !== undefined) return this.#read
    const read = readDocument(this.text)
    if (!('text' in read)) throw new Error(`An edit left no readable document: ${read.findings[0]?.message ?? ''}`)
    this.#read = read
    return read
  }
}

/** A document after an edit whose outcome is known. `base`: what further edits can be planned on without reading it. */
export function editedDocument(text: string, value: unknown, base: Base | undefined): LabDocument {
  return new EditedDocument(text, value, base)
}

/** What edits of a document can be planned on without reading its text; undefined where it has to be read first. */
export function baseOf(document: LabDocument): Base | undefined {
  if (!(document instanceof EditedDocument)) return { document, replaced: [] }
  return document.isRead ? { document: document.read(), replaced: [] } : document.base
}

/** Reads the text of a document that was edited, if that is still to be done, so that the next edit need not wait for it. */
export function readAhead(document: LabDocument): void {
  if (document instanceof EditedDocument) document.read()
}

/** Reads YAML 1.2. Answers the document, or why the text is not one that can be worked with. */
export function readDocument(text: string): LabDocument | { readonly findings: readonly LocatedFinding[] } {
  if (text.length > MAX_TEXT_LENGTH) {
    return stop('too-large', 1, 'The file is longer than 16 MiB.', 'Split the lab, or generate a smaller one.')
  }
  const lines = new LineCounter()
  const composed = compose(text, lines)
  if (!('documents' in composed)) return { findings: [composed] }
  const [yaml, second] = composed.documents
  if (yaml === undefined) return stop('empty-file', 1, 'The file holds no document.')
  if (second !== undefined) {
    const line = lineOf(lines, second.range[0])
    return stop(
      'several-documents',
      line,
      'A second document starts here; a lab file holds one.',
      'Remove one of them.',
    )
  }
  const errors = yamlErrors(yaml, lines)
  if (errors.length > 0) return { findings: errors }
  const { value, findings, fatal } = readValue(yaml, MAX_DEPTH)
  if (value === null && !fatal) return stop('empty-file', 1, 'The file holds no document.')
  const located = findings.map(({ offset, ...finding }) => ({ ...finding, line: lineOf(lines, offset) }))
  return fatal ? { findings: located } : { text, yaml, lines, value, findings: located }
}

function stop(code: ProblemCode, line: number, message: string, fix?: string): { findings: LocatedFinding[] } {
  return { findings: [{ code, path: [], line, message, ...(fix === undefined ? {} : { fix }) }] }
}

function lineOf(lines: LineCounter, offset: number): number {
  return Math.max(1, lines.linePos(offset).line)
}

/**
 * Lexes, parses and composes. The parser keeps its own stack, the composer recurses: nesting is bounded while parsing,
 * before a hostile text can exhaust the call stack.
 */
function compose(text: string, lines: LineCounter): { documents: Document.Parsed[] } | LocatedFinding {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  const composer = new Composer({
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.2',
  })
  const documents: Document.Parsed[] = []
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    offset += lexeme.length
    // The stack also holds the document and a scalar or two.
    if (parser.stack.length > MAX_DEPTH + 4) return tooDeep(lineOf(lines, Math.min(offset, text.length)))
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end(false, text.length))
  return { documents }
}

function tooDeep(line: number): LocatedFinding {
  return { code: 'too-deep', path: [], line, message: `Values are nested more than ${MAX_DEPTH} levels deep here.` }
}

/** One finding for each line with an error: what else is wrong there mostly follows from the first. */
function yamlErrors(document: Document.Parsed, lines: LineCounter): LocatedFinding[] {
  const byLine = new Map<number, LocatedFinding>()
  for (const error of document.errors) {
    const line = lineOf(lines, error.pos[0])
    if (byLine.has(line)) continue
    const message = `${error.message}.`.replace(/\.\.$/u, '.')
    const fix = error.code === 'TAB_AS_INDENT' ? { fix: 'Indent with spaces.' } : {}
    byLine.set(line, { code: 'yaml-syntax', path: [], line, message, ...fix })
  }
  const findings = [...byLine.values()]
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    const message = `The file says it is YAML ${document.directives.yaml.version}; a lab file is YAML 1.2.`
    findings.push({ code: 'yaml-syntax', path: [], line: 1, message, fix: 'Remove the %YAML line.' })
  }
  return findings
}
