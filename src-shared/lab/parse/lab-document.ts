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
