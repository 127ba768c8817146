import { describe, expect, it } from 'vitest'

import { LAB_VERSIONS, migrateDocument, MIGRATIONS, type Migration } from '#shared/lab/migrations'
import { readDocument, type LabDocument } from '#shared/lab/parse/lab-document'
import { standingOf } from '#shared/lab/versions'

function open(text: string): LabDocument {
  const document = readDocument(text)
  if (!('text' in document)) throw new Error('not a document')
  return document
}

describe('migrations', () => {
  const steps: Migration[] = [
    { from: 'x/v1', to: 'x/v2', operations: () => [{ op: 'rename-key', path: ['spec'], from: 'hosts', to: 'nodes' }] },
    { from: 'x/v2', to: 'x/v3', operations: () => [{ op: 'set', path: ['spec', 'run'], value: { seeds: 1 } }] },
  ]

  it('lead from the oldest version to the current one without gaps', () => {
    expect(LAB_VERSIONS).toEqual([...MIGRATIONS.map(({ from }) => from), 'cnilab.dev/v1alpha1'])
    expect(MIGRATIONS.map(({ to }) => to)).toEqual(LAB_VERSIONS.slice(1))
  })

  it('take a document through all steps, keeping its comments', () => {
    const document = open('apiVersion: x/v1 # old\nspec:\n  # who\n  hosts: [{name: a}] # here\n')
    expect(migrateDocument(document, steps).text).toBe(
      'apiVersion: x/v3 # old\nspec:\n  # who\n  nodes: [{name: a}] # here\n  run: {seeds: 1}\n',
    )
  })

  it('start where the document is', () => {
    expect(migrateDocument(open('apiVersion: x/v2\nspec: {}\n'), steps).text).toBe('apiVersion: x/v3\nspec:\n  run: {seeds: 1}\n')
  })

  it('leave documents of other versions alone', () => {
    const document = open('apiVersion: y/v1\n')
    expect(migrateDocument(document, steps)).toBe(document)
  })
})

describe('versions', () => {
  const known = ['x.dev/v1alpha1', 'x.dev/v1beta2']
  it.each([
    ['x.dev/v1beta2', 'current'],
    ['x.dev/v1alpha1', 'older'],
    ['x.dev/v1beta3', 'newer'],
    ['x.dev/v1', 'newer'],
    ['x.dev/v2alpha1', 'newer'],
    ['x.dev/v1alpha9', 'unknown'],
    ['y.dev/v9', 'unknown'],
    ['v1', 'unknown'],
    ['x.dev/v1gamma1', 'unknown'],
  ])('%s is %s', (version, standing) => {
    expect(standingOf(version, known)).toBe(standing)
  })
})
