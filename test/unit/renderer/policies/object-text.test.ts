import { describe, expect, it } from 'vitest'

import { objectEdit, objectText, problemsOfObject } from '#renderer/policies/edit/object-text'
import { applyChange, readDocument, type LabDocument } from '#shared/lab/index'

const LAB = `kind: Lab
spec:
  cluster:
    manifests:
      # A policy.
      - apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed}   # nobody gets in
        spec:
          podSelector: {}

          policyTypes: [Ingress]
      - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: short}, spec: {podSelector: {}}}
  variants: []
`

function documentOf(text: string): LabDocument {
  const read = readDocument(text)
  if (!('text' in read)) throw new Error('not readable')
  return read
}

const lab = documentOf(LAB)
const path = (index: number) => ['spec', 'cluster', 'manifests', index]

/** The lab's text once an object was given another. */
function edited(index: number, typed: string): string {
  const edit = objectEdit(lab, path(index), typed, 'Edit')
  if (!('change' in edit)) throw new Error(edit.message)
  return applyChange(lab, edit.change).document.text
}

describe('an object’s text', () => {
  const own = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}   # nobody gets in\nspec:\n  podSelector: {}\n\n  policyTypes: [Ingress]\n'

  it('is its stretch of the lab, with its comments, or written out where it stands in brackets', () => {
    expect(objectText(lab, path(0), {})).toEqual({ text: own, isOwn: true })
    expect(objectText(lab, path(1), { kind: 'NetworkPolicy', spec: { podSelector: {} } })).toEqual({ text: 'kind: NetworkPolicy\nspec:\n  podSelector: {}\n', isOwn: false })
  })

  it('goes back to its place, and leaves everything else as it is', () => {
    expect(edited(0, own)).toBe(LAB)
    expect(edited(0, own.replace('[Ingress]', '[Egress]\n  egress: []'))).toBe(LAB.replace('[Ingress]\n', '[Egress]\n          egress: []\n'))
  })

  it('takes the place of an object in brackets', () => {
    const text = edited(1, 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: other}\nspec: {podSelector: {}}\n')
    expect(documentOf(text).value).toMatchObject({ spec: { cluster: { manifests: [{}, { metadata: { name: 'other' } }] } } })
    expect(text).toContain('# nobody gets in')
  })

  it('is refused where it is no mapping or no YAML, with the line', () => {
    expect(objectEdit(lab, path(0), 'a: [\nb', 'Edit')).toMatchObject({ line: expect.any(Number) as number })
    expect(objectEdit(lab, path(0), '- a', 'Edit')).toMatchObject({ line: 1 })
  })

  it('has its problems at its own lines, and no other’s', () => {
    const problem = (place: string) => ({ code: 'invalid-object', severity: 'error', path: place, line: 99, message: '' }) as const
    const problems = [problem('spec.cluster.manifests[0].spec.policyTypes[0]'), problem('spec.cluster.manifests[0].spec.ingress[3]'), problem('spec.cluster.manifests[1]')]
    expect(problemsOfObject(problems, path(0), own).map(({ line }) => line)).toEqual([7, 4])
  })
})
