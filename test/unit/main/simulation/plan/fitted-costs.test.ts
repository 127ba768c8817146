import { FittedCosts } from '#main/simulation/plan/fitted-costs'
import { describe, expect, it } from 'vitest'

const file = (parameters: object[]) => ({ schema: 'cnilab/fitted-costs/v1', description: 'd', parameters })
const parameter = (id: string, more: object) => ({ id, description: 'd', priorDeviation: 0.3, factor: 2, ...more })

describe('fitted factors', () => {
  it('are those of the first parameter that covers a figure', () => {
    const fitted = new FittedCosts(
      file([
        parameter('copy', { stages: ['app-send'], charges: ['byte'], factor: 3 }),
        parameter('calls', { stages: ['app-send'], factor: 5 }),
        parameter('chains', { groups: ['netfilter'], kinds: ['calico'], factor: 7 }),
      ]),
    )
    expect(fitted.factorOf('app-send', undefined, 'byte')).toBe(3)
    expect(fitted.factorOf('app-send', 'sendfile', 'packet')).toBe(5)
    expect(fitted.factorOf('nf-forward', 'calico', 'packet')).toBe(7)
    expect(fitted.factorOf('nf-forward', 'cilium', 'packet')).toBe(1)
    expect(fitted.factorOf('qdisc', undefined, 'packet')).toBe(1)
  })

  it('can be tried with others instead', () => {
    const parameters = file([parameter('chains', { groups: ['netfilter'] })])
    expect(new FittedCosts(parameters, { chains: 1.5 }).factorOf('nf-forward', undefined, 'packet')).toBe(1.5)
    expect(() => new FittedCosts(parameters, { chain: 1.5 })).toThrow('no parameter chain')
  })

  it('are refused where the file is not of the right form', () => {
    expect(() => new FittedCosts(file([parameter('x', { stages: ['no-stage'] })]))).toThrow('Invalid option')
    expect(() => new FittedCosts(file([parameter('x', { factor: 0 })]))).toThrow('factor')
  })
})
