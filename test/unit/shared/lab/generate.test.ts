import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { describeGenerated, generateLab, generatorRanges, LAB_TEMPLATES, parseLab, PLAIN_GENERATOR, type GeneratorOptions } from '#shared/lab/index'

const errorsOf = (options: GeneratorOptions) => parseLab(generateLab(options)).problems.filter(({ severity }) => severity === 'error')

describe('templates', () => {
  it.each(LAB_TEMPLATES.map((template) => [template.title, template] as const))('%s is a lab without problems', (_, { options }) => {
    const { lab, problems } = parseLab(generateLab(options))
    expect(problems).toEqual([])
    expect(lab?.nodes).toHaveLength(describeGenerated(options).nodes)
    expect(lab?.fabric.switches).toHaveLength(describeGenerated(options).switches)
  })
})

describe('the generator', () => {
  it('shares what a rack sends over its uplinks', () => {
    const options = { ...PLAIN_GENERATOR, nodesPerRack: 12, nicGbit: 25, oversubscription: 3, spines: 2 }
    expect(describeGenerated(options).uplink).toBe('50Gbit')
  })

  it('joins every rack of a Clos to the spines of its pod, and these to the super-spines', () => {
    const { lab } = parseLab(generateLab({ ...PLAIN_GENERATOR, fabric: 'clos', racks: 4, racksPerPod: 2, spines: 2 }))
    expect(lab?.fabric.links.map(({ ends }) => ends.join('~'))).toEqual([
      'leaf-1~spine-1-1', 'leaf-1~spine-1-2', 'leaf-2~spine-1-1', 'leaf-2~spine-1-2',
      'leaf-3~spine-2-1', 'leaf-3~spine-2-2', 'leaf-4~spine-2-1', 'leaf-4~spine-2-2',
      'spine-1-1~super-1', 'spine-1-2~super-2', 'spine-2-1~super-1', 'spine-2-2~super-2',
    ])
  })

  it('brings numbers into the ranges that it names', () => {
    const { racks, oversubscription } = generatorRanges(PLAIN_GENERATOR)
    expect([racks, oversubscription]).toEqual([{ least: 1, most: 200, whole: true }, { least: 0.1, most: 100, whole: false }])
    expect(describeGenerated({ ...PLAIN_GENERATOR, racks: 1000 }).nodes).toBe(racks.most)
    expect(describeGenerated({ ...PLAIN_GENERATOR, racks: NaN }).nodes).toBe(racks.least)
    expect(describeGenerated({ ...PLAIN_GENERATOR, fabric: 'flat', racks: 3, nodesPerRack: 300 }).nodes).toBe(250)
  })

  it('fills patterns of names and addresses', () => {
    const options = { ...PLAIN_GENERATOR, racks: 2, nodesPerRack: 2, nodeNames: '{letter}{n}', addresses: '10.{rack}.0.{host}/24' }
    const nodes = parseLab(generateLab(options)).lab?.nodes
    expect(nodes?.map(({ name }) => name)).toEqual(['a1', 'a2', 'b1', 'b2'])
    expect(generateLab(options)).toContain('address: 10.2.0.12/24')
  })

  it('makes a lab without errors of whatever it is asked for', () => {
    const asked = fc.record({
      fabric: fc.constantFrom('leaf-spine', 'clos', 'flat'), racks: fc.integer({ min: -2, max: 12 }), nodesPerRack: fc.integer({ min: 0, max: 6 }),
      podsPerNode: fc.nat(4), spines: fc.nat(4), racksPerPod: fc.nat(5), oversubscription: fc.double({ min: 0, max: 20, noNaN: true }),
    }) as fc.Arbitrary<Partial<GeneratorOptions>>
    fc.assert(fc.property(asked, (options) => {
      expect(errorsOf({ ...PLAIN_GENERATOR, ...options })).toEqual([])
    }), { numRuns: 40 })
  })
})
