import { CompletionContext } from '@codemirror/autocomplete'
import { yaml } from '@codemirror/lang-yaml'
import { EditorState } from '@codemirror/state'
import { describe, expect, test } from 'vitest'

import { yamlCompletion } from '#renderer/fields/yaml/yaml-completion'
import { labFacts } from '#renderer/text/lab-facts'

import { outlineOf, sampleText } from '../support/sample-lab'

/** What is offered at the mark `|` of a text. */
function offered(marked: string): readonly string[] {
  const position = marked.indexOf('|')
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [yaml()] })
  const result = yamlCompletion(labFacts(() => outlineOf()))(new CompletionContext(state, position, true))
  return result?.options.map(({ label }) => label) ?? []
}

describe('completion of the lab’s text', () => {
  test('offers the keys of where the cursor is', () => {
    expect(offered('spec:\n  |')).toContain('traffic')
    expect(offered('spec:\n  nodes:\n    - name: a\n      |')).toEqual(expect.arrayContaining(['rack', 'cpu', 'uplinks']))
    expect(offered('spec:\n  nodes:\n    - {name: a, |}\n')).toEqual(expect.arrayContaining(['rack', 'nic']))
  })

  test('leaves out keys that are there already', () => {
    expect(offered('spec:\n  nodes:\n    - name: a\n      rack: b\n      |')).not.toContain('rack')
  })

  test('offers the values of a choice, and names of things', () => {
    expect(offered('spec:\n  fabric:\n    switches:\n      - name: a\n        role: |')).toEqual(expect.arrayContaining(['tor', 'spine']))
    expect(offered(sampleText.replace('rack: b, uplinks', 'rack: |, uplinks'))).toEqual(expect.arrayContaining(['a', 'b']))
  })
})
