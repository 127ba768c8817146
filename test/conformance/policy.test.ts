import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { runVectors } from '#main/simulation/policy/vectors/run-vectors'

const folder = new URL('../fixture/policy/', import.meta.url)

interface VectorCase {
  readonly name: string
  readonly match?: boolean
  readonly valid?: boolean
  readonly canonical?: string
  readonly probes?: readonly { readonly expect: 'allow' | 'deny' }[]
}

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (name) => {
  const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { readonly cases: readonly VectorCase[] }
  const answers = runVectors(file)
  if ('error' in answers) throw new Error(answers.error)

  it.each(file.cases.map((expected, index) => [expected.name, expected, answers.cases[index]!] as const))(
    '%s',
    (_, expected, answer) => {
      if (expected.probes !== undefined) {
        const wrong = expected.probes.flatMap((probe, index) =>
          answer.probes?.[index]?.verdict === probe.expect ? [] : [{ probe, answer: answer.probes?.[index] }],
        )
        expect(wrong).toEqual([])
      }
      for (const key of ['match', 'valid', 'canonical'] as const) {
        if (expected[key] !== undefined) expect(answer[key]).toBe(expected[key])
      }
    },
  )
})
