import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { hasErrors, parseLab, PROBLEM_CODES } from '#shared/lab/index'

import { push, sampleText, set } from './sample-lab'

const header = 'apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: x}\n'

/** The problems of a text, as `code path:line`. */
function problemsOf(text: string): string[] {
  return parseLab(text).problems.map(({ code, path, line }) => `${code} ${path}:${line}`)
}

describe('the example labs', () => {
  it.each(['calico-vs-cilium', 'calico-data-planes', 'cilium-host-routing', 'same-node', 'udp-flood', 'leaf-spine-8-nodes'])('%s has no problem', (name) => {
    const { lab, problems } = parseLab(readFileSync(`resources/labs/${name}.cnilab.yaml`, 'utf8'))
    expect(problems).toEqual([])
    expect(lab?.name).toBe(name)
  })
})

describe('texts that are no lab', () => {
  it.each([
    ['an empty file', '', ['empty-file :1']],
    ['only a comment', '# nothing\n', ['empty-file :1']],
    ['an explicit null', '---\n...\n', ['empty-file :1']],
    ['a list', '- a\n', ['wrong-type :1']],
    ['a scalar', 'hello', ['wrong-type :1']],
    ['two documents', `${header}---\na: 1\n`, ['several-documents :4']],
    ['a tab as indentation', `${header}spec:\n\truns: 1\n`, ['yaml-syntax :5']],
    ['an open bracket', `${header}spec: {nodes: [1}\n`, ['yaml-syntax :4']],
    ['an alias of nothing', `${header}spec: *nothing\n`, ['yaml-syntax spec:4']],
    ['an alias within its own anchor', `${header}spec: &spec {run: *spec}\n`, ['yaml-syntax spec.run:4']],
    ['YAML 1.1', `%YAML 1.1\n---\n${header}`, ['yaml-syntax :1']],
    ['no version and no kind', 'metadata: {name: x}', ['missing apiVersion:1', 'missing kind:1']],
    ['a Pod', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}', ['unknown-version apiVersion:1', 'wrong-value kind:2']],
    ['a newer version', header.replace('v1alpha1', 'v1beta1'), ['newer-version apiVersion:1']],
  ])('%s', (_, text, expected) => {
    const { lab, problems } = parseLab(text)
    expect(problems.map(({ code, path, line }) => `${code} ${path}:${line}`)).toEqual(expected)
    expect(lab).toBeUndefined()
  })
})

describe('hostile texts', () => {
  it('stop at 64 levels, however they nest', () => {
    const blocks = Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
    for (const text of ['['.repeat(200_000), '{a: '.repeat(30_000), '- '.repeat(30_000), blocks, '? '.repeat(30_000)]) {
      expect(problemsOf(text)[0]).toMatch(/^too-deep :/u)
    }
  })

  it('may nest 64 levels and not 65', () => {
    const nested = (levels: number): string => `${header}spec: {cluster: {manifests: [${'['.repeat(levels - 4)}${']'.repeat(levels - 4)}]}}`
    expect(problemsOf(nested(64))).toEqual(['wrong-type spec.cluster.manifests[0]:4'])
    expect(problemsOf(nested(65))).toEqual(['too-deep :4'])
  })

  it('stop when aliases multiply', () => {
    const letters = 'abcdefghijkl'.split('')
    const laughs = letters.map((name, index) => {
      const before = letters[index - 1]
      return `${name}: &${name} [${Array.from({ length: 9 }, () => (before === undefined ? 'lol' : `*${before}`)).join(', ')}]\n`
    })
    expect(problemsOf(laughs.join(''))).toMatchObject([expect.stringMatching(/^too-many-aliases /u)])
  })

  it('stop at 16 MiB', () => {
    expect(problemsOf(`# ${'x'.repeat(16 * 1024 * 1024)}`)).toEqual(['too-large :1'])
  })

  it('are read in time that grows with their length', () => {
    const labels = Array.from({ length: 20_000 }, (_, index) => `      k${index}: v`).join('\n')
    expect(problemsOf(`${header}spec:\n  nodes:\n  - name: a\n    labels:\n${labels}\n`)).toEqual([])
  })

  it('have their lines found in time that grows with their number', () => {
    const keys = Array.from({ length: 30_000 }, (_, index) => `k${index}: 1\n`).join('')
    expect(problemsOf(`${header}${keys}`)).toHaveLength(30_000)
  })

  it('cannot reach prototypes', () => {
    expect(problemsOf(`${header}spec:\n  __proto__: {nodes: []}\n  constructor: 1\n`)).toEqual([
      'wrong-type spec:5', 'unknown-key spec.constructor:6',
    ])
  })
})

describe('odd YAML', () => {
  it('is read where it means something', () => {
    const text = `\uFEFF${header}spec:\r\n  nodes:\r\n  - &first {name: a, nic: &nic {mtu: 9000}}\r\n  - {name: b, nic: *nic}\r\n  run: {duration: "1s"}\r\n`
    const { lab, problems } = parseLab(text)
    expect(problems).toEqual([])
    expect(lab?.nodes.map(({ nic }) => nic.mtu)).toEqual([9000, 9000])
  })

  it.each([
    ['the same key twice', 'run: {seeds: 1, seeds: 2}', ['duplicate-key spec.run.seeds:5']],
    ['a core tag', 'run: {seeds: !!str 1}', ['wrong-type spec.run.seeds:5']],
    ['a tag of its own', 'run: !fast {seeds: 1}', ['yaml-tag spec.run:5']],
    ['a key that is a list', 'run: {? [a] : 1}', ['wrong-type spec.run:5']],
    ['a key that is a number', 'run: {1: 1}', ['wrong-type spec.run:5']],
    ['a merge key', 'run: {<<: {seeds: 2}}', ['unknown-key spec.run["<<"]:5']],
    ['infinity', 'run: {seeds: .inf}', ['not-finite spec.run.seeds:5']],
    ['not a number', 'run: {seeds: .nan}', ['not-finite spec.run.seeds:5']],
    ['a number too large for a double', 'run: {seeds: 1e400}', ['not-finite spec.run.seeds:5']],
    ['an integer too large to be exact', 'run: {seeds: 99999999999999999999}', ['out-of-range spec.run.seeds:5']],
    ['a text cut by a comma in brackets', 'run: {duration: 1s, or more}', ['unknown-key spec.run["or more"]:5']],
  ])('%s', (_, line, expected) => {
    expect(problemsOf(`${header}spec:\n  ${line}\n`)).toEqual(expected)
  })
})

describe('a description cut by a comma', () => {
  it('is doubtful and no error', () => {
    const { lab, problems } = parseLab(header.replace('{name: x}', '{name: x, description: Two racks, one spine}'))
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['cut-text metadata["one spine"]'])
    expect(lab?.description).toBe('Two racks')
  })
})

describe('problems', () => {
  it('have the line of the value, or of the key where the value is a mapping or missing', () => {
    const text = `${header}spec:
  fabric:
    switches:
      - name: tor
        role: tor
    links:
      - ends: [tor, tor]
        mtu:
          20
      - mtu: 1500
`
    expect(problemsOf(text)).toEqual([
      'self-link spec.fabric.links[0].ends:10',
      'mtu-out-of-range spec.fabric.links[0].mtu:12',
      'missing spec.fabric.links[1].ends:13',
    ])
  })

  it('come in the order of the text', () => {
    const lines = parseLab(sampleText(set('run.seeds', 0), set('fabric.links[0].mtu', 1), set('variants[0].name', 'calico'))).problems.map(({ line }) => line)
    expect(lines).toEqual(lines.toSorted((a, b) => a - b))
    expect(lines).toHaveLength(3)
  })

  it('of a lab that has only warnings leave it a lab', () => {
    const { lab, problems } = parseLab(sampleText(push('fabric.switches', { name: 'spare' })))
    expect(problems.map(({ severity }) => severity)).toEqual(['warning'])
    expect(hasErrors(problems)).toBe(false)
    expect(lab).toBeDefined()
  })

  it('have codes in words, each with a meaning', () => {
    for (const [code, { meaning }] of Object.entries(PROBLEM_CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/u)
      expect(meaning).toMatch(/^[A-Z].*\.$/u)
    }
  })
})
