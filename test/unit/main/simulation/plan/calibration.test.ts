import { CALIBRATION, HostDefaults, StageCosts } from '#main/simulation/plan/calibration'
import { FittedCosts } from '#main/simulation/plan/fitted-costs'
import { describe, expect, it } from 'vitest'

const figure = { value: 100, unit: 'ns/packet', machine: 'm', uncertainty: 0.1, source: 's', derived: 'd' }
const file = (costs: object[], more: object = {}) => ({
  schema: 'cnilab/stage-costs/v1',
  description: 'd',
  machines: { m: { cpu: 'c', ghz: 2.5, kernel: 'k' } },
  costs,
  ...more,
})

describe('stage costs', () => {
  it('are cycles of the machine they were measured on', () => {
    const costs = new StageCosts(file([{ stage: 'qdisc', perPacket: figure }]))
    expect(costs.of('qdisc')).toMatchObject({ perPacket: 250, perSegment: 0, perByte: 0, firstPerPacket: 250 })
  })

  it('of a packet that opens a connection replace those of the others', () => {
    const costs = new StageCosts(file([{ stage: 'nf-nat', firstPerPacket: figure }]))
    expect(costs.of('nf-nat')).toMatchObject({ perPacket: 0, firstPerPacket: 250 })
  })

  it('are the same on a core that has slept deep where no factor says otherwise', () => {
    const fitted = (charges: readonly string[]) =>
      new FittedCosts({
        schema: 'cnilab/fitted-costs/v1',
        description: '',
        parameters: [{ id: 'p', description: 'p', groups: ['netfilter'], charges, priorDeviation: 1, factor: 3 }],
      })
    const stages = file([{ stage: 'nf-nat', perPacket: figure, firstPerPacket: { ...figure, value: 200 } }])
    expect(new StageCosts(stages, fitted(['packet'])).of('nf-nat')).toMatchObject({ perPacket: 750, coldPerPacket: 0, coldFirstPerPacket: 0 })
    expect(new StageCosts(stages, fitted(['cold'])).of('nf-nat')).toMatchObject({ perPacket: 250, coldPerPacket: 500, coldFirstPerPacket: 1000 })
  })

  it('differ by kind', () => {
    const costs = new StageCosts(
      file([
        { stage: 'gro', perPacket: figure },
        { stage: 'gro', kind: 'tunnel', perPacket: { ...figure, value: 200 } },
      ]),
    )
    expect([costs.of('gro').perPacket, costs.of('gro', 'tunnel').perPacket]).toEqual([250, 500])
    expect(() => costs.of('gro', 'other')).toThrow('No calibration for gro (other)')
  })

  it.each([
    ['without a source', [{ stage: 'qdisc', perPacket: { ...figure, source: '' } }]],
    ['of an unknown stage', [{ stage: 'magic', perPacket: figure }]],
    ['in another unit', [{ stage: 'qdisc', perPacket: { ...figure, unit: 'us/packet' } }]],
    ['of an unknown machine', [{ stage: 'qdisc', perPacket: { ...figure, machine: 'x' } }]],
    [
      'given twice',
      [
        { stage: 'qdisc', perPacket: figure },
        { stage: 'qdisc', perPacket: figure },
      ],
    ],
  ])('%s are refused', (_, costs) => {
    expect(() => new StageCosts(file(costs))).toThrow()
  })
})

describe('host defaults', () => {
  it('need a source each', () => {
    const values = { x: { value: 1, unit: 'ns', uncertainty: 0, source: '' } }
    expect(() => new HostDefaults({ schema: 'cnilab/host-defaults/v1', description: 'd', values })).toThrow()
  })

  it('that are missing are named', () => {
    expect(() => CALIBRATION.host.of('flux')).toThrow('No host default flux')
  })
})
