import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { search, searchKeymap } from '@codemirror/search'
import { Annotation, EditorState, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, type DecorationSet,
} from '@codemirror/view'

import type { Unreadable } from '#renderer/stores/document'
import { textDifference, type Problem, type TextRange } from '#shared/lab/index'

import { editorTheme } from './editor-theme'
import { yamlCompletion, yamlHover, type CompletionFacts } from './yaml-completion'

/** What a `YamlEditor` is made with. */
export interface YamlEditorOptions {
  readonly text: string
  /** What the text is, for screen readers. */
  readonly label: string
  readonly facts: CompletionFacts
  /** The user changed the text. */
  readonly onTyped: () => void
  /** The user moved the cursor to an offset. */
  readonly onCursor?: (offset: number) => void
  /** Whose history undo and redo go through; the text's own where absent. */
  readonly history?: { readonly undo: () => void; readonly redo: () => void }
}

/** Marks what the program changed, as against the user. */
const ours = Annotation.define<boolean>()

const markThing = StateEffect.define<TextRange | undefined>()

/** The lines of what is selected on the canvas. */
const markedThing = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marked, { changes, effects, state }) {
    const effect = effects.find((one) => one.is(markThing))
    if (effect === undefined) return marked.map(changes)
    const range = effect.value
    if (range === undefined) return Decoration.none
    const first = state.doc.lineAt(Math.min(range.from, state.doc.length)).number
    const last = state.doc.lineAt(Math.min(range.to, state.doc.length)).number
    return Decoration.set(Array.from({ length: last - first + 1 }, (_, index) =>
      Decoration.line({ class: 'cm-selected-thing' }).range(state.doc.line(first + index).from)))
  },
  provide: (field) => EditorView.decorations.from(field),
})

/** The text editor: CodeMirror, in a shadow tree under a host element. */
export class YamlEditor {
  readonly #view: EditorView

  constructor(host: HTMLElement, options: YamlEditorOptions) {
    const root = host.attachShadow({ mode: 'open' })
    const parent = window.document.createElement('div')
    // Constructed: a style element or attribute would be refused.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(':host > div, :host .cm-editor { height: 100% }')
    root.adoptedStyleSheets = [sheet]
    root.append(parent)
    this.#view = new EditorView({ parent, root, state: EditorState.create({ doc: options.text, extensions: extensions(options) }) })
  }

  get text(): string {
    return this.#view.state.doc.toString()
  }

  /** Shows another text; what it has in common with the one there stays, with the cursor in it. */
  replace(text: string): void {
    const { offset, removed, inserted } = textDifference(this.text, text)
    if (removed === inserted) return
    this.#view.dispatch({ changes: { from: offset, to: offset + removed.length, insert: inserted }, annotations: ours.of(true) })
  }

  /** Marks the lines of a stretch, and scrolls to them where they are out of sight. */
  mark(range: TextRange | undefined, scroll: boolean): void {
    const effects: StateEffect<unknown>[] = [markThing.of(range)]
    if (range !== undefined && scroll && range.from <= this.#view.state.doc.length) effects.push(EditorView.scrollIntoView(range.from, { y: 'center' }))
    this.#view.dispatch({ effects, annotations: ours.of(true) })
  }

  /** Shows problems at their lines. */
  showProblems(problems: readonly Pick<Problem, 'line' | 'severity' | 'message' | 'fix' | 'code'>[], unreadable: Pick<Unreadable, 'line' | 'message'> | undefined): void {
    const { doc } = this.#view.state
    const at = (line: number): Pick<Diagnostic, 'from' | 'to'> => {
      const { from, to, text } = doc.line(Math.max(1, Math.min(line, doc.lines)))
      return { from: from + (text.length - text.trimStart().length), to }
    }
    const found = unreadable === undefined
      ? problems.map(({ line, severity, message, fix, code }): Diagnostic => ({ ...at(line), severity, message: fix === undefined ? message : `${message}\n${fix}`, source: code }))
      : [{ ...at(unreadable.line), severity: 'error' as const, message: unreadable.message }]
    this.#view.dispatch(setDiagnostics(this.#view.state, found))
    // The message above the text takes room away; the cursor stays in sight.
    if (unreadable !== undefined) {
      const { head } = this.#view.state.selection.main
      requestAnimationFrame(() => this.#view.dispatch({ effects: EditorView.scrollIntoView(head), annotations: ours.of(true) }))
    }
  }

  destroy(): void {
    this.#view.destroy()
  }
}

function extensions({ label, facts, onTyped, onCursor, history: ofDocument }: YamlEditorOptions) {
  const act = (run: () => void) => (): boolean => {
    run()
    return true
  }
  const steps = ofDocument === undefined
    ? [history(), keymap.of(historyKeymap)]
    : [keymap.of([
        { key: 'Mod-z', run: act(ofDocument.undo) }, { key: 'Mod-y', run: act(ofDocument.redo) }, { key: 'Mod-Shift-z', run: act(ofDocument.redo) },
      ])]
  return [
    lineNumbers(), foldGutter(), lintGutter(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(),
    yaml(), indentOnInput(), bracketMatching(), closeBrackets(), search({ top: true }),
    autocompletion({ override: [yamlCompletion(facts)], icons: false }), yamlHover(facts), markedThing, editorTheme,
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    ...steps,
    keymap.of([
      ...completionKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap,
    ]),
    EditorView.updateListener.of(({ docChanged, selectionSet, transactions, state }) => {
      if (transactions.some((transaction) => transaction.annotation(ours))) return
      if (docChanged) onTyped()
      else if (selectionSet) onCursor?.(state.selection.main.head)
    }),
  ]
}
