import { describe, expect, it } from 'vitest'

import { checkDocument } from '#main/documents/check-document'

const lab = (rest: string): string => `apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: a}\n${rest}`

describe('checkDocument', () => {
  it('accepts an empty lab', () => {
    expect(checkDocument(lab('spec: {}\n')).readable).toBe(true)
  })

  it('accepts a lab with errors in what it draws, and says which', () => {
    const { readable, problems } = checkDocument(lab('spec: {nodes: [{name: n, nic: {mtu: 3}}]}\n'))
    expect(readable).toBe(true)
    expect(problems.map(({ code }) => code)).toContain('mtu-out-of-range')
  })

  it.each([
    ['no YAML', 'spec: {nodes: [\n', 'yaml-syntax'],
    ['an empty file', '', 'empty-file'],
    ['a list', '- 1\n', 'wrong-type'],
    ['another kind of object', 'apiVersion: v1\nkind: Pod\n', 'wrong-value'],
    ['a lab of a newer app', 'apiVersion: cnilab.dev/v9\nkind: Lab\n', 'newer-version'],
  ])('refuses %s and says why', (_what, text, code) => {
    const { readable, problems } = checkDocument(text)
    expect(readable).toBe(false)
    expect(problems.map((problem) => problem.code)).toContain(code)
  })
})
