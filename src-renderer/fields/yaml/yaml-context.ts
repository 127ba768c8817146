import { ensureSyntaxTree, syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'

/** The part of a node of the syntax tree that is looked at here. */
type SyntaxNode = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>

/** How long may be taken to read the text up to the cursor where that is still to be done. */
const PARSE_MS = 200

/** Where in a YAML text a cursor is. */
export interface YamlContext {
  /** The path of the mapping or value around it. */
  readonly path: readonly (string | number)[]
  /** Whether a key is written there, rather than a value. */
  readonly isKey: boolean
  /** Keys that the mapping has already. */
  readonly present: readonly string[]
}

/**
 * Finds where a cursor is. The syntax tree helps in brackets and with values; on a line of its own, what is written is
 * not YAML yet, and how far it is indented says what it belongs to.
 */
export function yamlContext(state: EditorState, position: number): YamlContext {
  const line = state.doc.lineAt(position)
  const before = line.text.slice(0, position - line.from)
  const tree = ensureSyntaxTree(state, position, PARSE_MS) ?? syntaxTree(state)
  const node = tree.resolveInner(position, -1)
  const flow = enclosing(node, ['FlowMapping', 'FlowSequence'])
  if (flow !== undefined) return flowContext(state, position, node)
  const value = /^(\s*(?:- )*)([\w-]+):\s+\S*$/u.exec(before)
  if (value !== null) {
    const path = pathByIndent(state, line.number, value[1]!.length)
    return { path: [...path, value[2]!], isKey: false, present: [] }
  }
  const indent = /^\s*(?:- )*/u.exec(before)![0].length
  return { path: pathByIndent(state, line.number, indent), isKey: true, present: siblings(state, line.number, indent) }
}

function enclosing(node: SyntaxNode | null, names: readonly string[]): SyntaxNode | undefined {
  for (let here = node; here !== null; here = here.parent) {
    if (names.includes(here.name)) return here
    if (here.name === 'BlockMapping' || here.name === 'BlockSequence') return undefined
  }
  return undefined
}

/** In brackets: the keys on the way up, then the lines above for what is around the brackets. */
function flowContext(state: EditorState, position: number, node: SyntaxNode): YamlContext {
  const text = (at: SyntaxNode | null): string => (at === null ? '' : state.sliceDoc(at.from, at.to).replaceAll(/^["']|["']$/gu, ''))
  const steps: (string | number)[] = []
  let mapping: SyntaxNode | undefined
  let isKey = true
  let outermost: SyntaxNode = node
  for (let here: SyntaxNode | null = node; here !== null && here.name !== 'BlockMapping' && here.name !== 'BlockSequence'; here = here.parent) {
    if (here.name === 'Pair') {
      const key = here.getChild('Key')
      const inKey = key !== null && position <= key.to && mapping === undefined && steps.length === 0
      if (!inKey) {
        if (mapping === undefined && steps.length === 0) isKey = false
        steps.unshift(text(key))
      }
    }
    if (here.name === 'FlowMapping' && mapping === undefined && (isKey || steps.length <= 1)) mapping = here
    if (here.name === 'FlowSequence') steps.unshift(0)
    outermost = here
  }
  const line = state.doc.lineAt(outermost.from)
  const lead = /^(\s*(?:- )*)(?:([\w-]+):\s)?/u.exec(line.text)!
  const around = pathByIndent(state, line.number, lead[1]!.length)
  const ownKey = lead[2] !== undefined && steps[0] !== lead[2] ? [lead[2]] : []
  const present = mapping?.getChildren('Pair').map((pair) => text(pair.getChild('Key'))) ?? []
  const path = [...around, ...ownKey, ...steps]
  // After a colon with nothing behind it the tree does not say yet that a value comes.
  const key = /[{,]\s*([\w-]+):\s+[\w./-]*$/u.exec(state.sliceDoc(state.doc.lineAt(position).from, position))?.[1]
  return isKey && key !== undefined ? { path: [...path, key], isKey: false, present } : { path, isKey, present }
}

/** The path of what is indented by `indent` on a line: the keys above it that are indented less, nearest first. */
function pathByIndent(state: EditorState, lineNumber: number, indent: number): readonly (string | number)[] {
  const path: (string | number)[] = []
  let limit = indent
  // A dash on the line itself makes it an entry of a list.
  const own = state.doc.line(lineNumber).text
  const dash = /^(\s*)- /u.exec(own)
  if (dash !== null && dash[1]!.length < limit) {
    path.unshift(0)
    limit = dash[1]!.length + 1
  }
  for (let number = lineNumber - 1; number >= 1 && limit > 0; number -= 1) {
    const match = /^(\s*)((?:- )*)([\w./-]+):(\s|$)/u.exec(state.doc.line(number).text)
    if (match === null) continue
    const [, space, dashes, key] = match as unknown as [string, string, string, string]
    const keyColumn = space.length + dashes.length
    if (keyColumn < limit) {
      path.unshift(key)
      limit = keyColumn
    }
    if (dashes !== '' && space.length < limit) {
      path.unshift(0)
      limit = space.length + 1
    }
  }
  return path
}

function siblings(state: EditorState, lineNumber: number, indent: number): readonly string[] {
  const keys: string[] = []
  for (const step of [-1, 1]) {
    for (let number = lineNumber + step; number >= 1 && number <= state.doc.lines; number += step) {
      const match = /^(\s*(?:- )*)([\w./-]+):/u.exec(state.doc.line(number).text)
      if (match === null) continue
      const column = match[1]!.length
      if (column < indent || (step > 0 && match[1]!.includes('- '))) break
      if (column === indent) keys.push(match[2]!)
      if (step < 0 && column === indent && match[1]!.includes('- ')) break
    }
  }
  return keys
}
