import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { planLab } from '#main/pool/plan-lab'
import { checkPoliciesInLab } from '#main/pool/policy-check-task'
import { tracePacket } from '#main/simulation/trace/index'
import { parseLab, type Lab } from '#shared/lab/index'

const folder = 'resources/labs'
const labs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.cnilab.yaml')).toSorted()

/** Values that files of people and programs hold by mistake. */
const oddValues = [
  'null', 'true', '-1', '0', '0.5', '1e300', '.nan', '.inf', '-.inf', '2001-01-01', '9007199254740993', '""', '"\\u0000"', '[]', '{}', '[null]',
  '{name: 1}', '0ms', '-1ms', '104d', '1bit', '1000Tbit', '0B', '1000000p', '0.0.0.0/0', '10.0.0.0/33', '255.255.255.255', '::1', '__proto__',
  'constructor', '/x', 'Always', 'default/client-0', 'tcp-stream',
]

/** A lab file whose values are exchanged, and entries left out or doubled, as text: a line's value is what follows its colon. */
const mutatedLab = fc
  .tuple(fc.constantFrom(...labs), fc.array(fc.tuple(fc.nat(), fc.constantFrom('exchange', 'leave out', 'double'), fc.constantFrom(...oddValues)), { minLength: 1, maxLength: 2 }))
  .map(([file, mutations]) => {
    let text = readFileSync(path.join(folder, file), 'utf8')
    for (const [number, what, odd] of mutations) text = mutate(text, number, what, odd)
    return text
  })

/** A value or list entry in flow or block style. */
const PLACES = /(?<=: |\[|, |- )(?:[\w./-]+|\{[^{}\n]*\})/gu

function mutate(text: string, number: number, what: string, odd: string): string {
  const places = [...text.matchAll(PLACES)]
  const place = places[number % places.length]
  if (place === undefined) return text
  const [found] = place
  const replacement = what === 'exchange' ? odd : what === 'leave out' ? '' : `${found}, ${found}`
  return text.slice(0, place.index) + replacement + text.slice(place.index + found.length)
}

/** The references of two pods, perhaps the same, for each two workloads. */
function pairsOf({ cluster }: Lab): readonly (readonly [string, string])[] {
  const pods = cluster.workloads.filter(({ replicas }) => replicas > 0).slice(0, 2).map(({ namespace, name }) => `${namespace}/${name}-0`)
  return pods.flatMap((from) => pods.map((to) => [from, to] as const))
}

describe('a lab file with values exchanged, left out or doubled', () => {
  it('is planned, its policies checked and its packets traced, or refused with places', () => {
    fc.assert(
      fc.property(mutatedLab, (text) => {
        const { lab, problems } = planLab(text)
        const lines = text.split('\n').length
        for (const { line, message } of [...problems, ...checkPoliciesInLab({ text })]) {
          expect(line >= 1 && line <= lines, message).toBe(true)
          expect(message).toMatch(/\.$/u)
        }
        if (lab === undefined) return
        expect(parseLab(text).lab).toEqual(lab)
        for (const { name: variant } of lab.variants) {
          for (const [from, to] of pairsOf(lab)) tracePacket(lab, { variant, from, to, protocol: 'tcp' })
        }
      }),
      { numRuns: 60 },
    )
  })
})
