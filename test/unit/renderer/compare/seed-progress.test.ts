import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'

import SeedProgress from '#renderer/compare/SeedProgress.vue'
import type { TaskProgress } from '#shared/contract/run-messages'

/** The seeds of a variant, of which the first are done and the next one is half-way. */
const tasks = (count: number, done: number): TaskProgress[] => Array.from({ length: count }, (_, index) => ({
  variant: 'host', seed: index + 1, goodputBps: [],
  state: index < done ? 'done' : index === done ? 'running' : 'queued',
  simulatedSeconds: index < done ? 0.2 : index === done ? 0.1 : 0,
}))
const shown = (count: number, done: number) => mount(SeedProgress, { props: { tasks: tasks(count, done), durationSeconds: 0.2, colour: '#000' } })

describe('The progress of seeds', () => {
  it('is a bar for each', () => {
    const bars = shown(4, 1).findAll('li').map((seed) => seed.text())
    expect(bars).toEqual(['Seed 1: done, 100 %', 'Seed 2: running, 50 %', 'Seed 3: queued, 0 %', 'Seed 4: queued, 0 %'])
  })

  it('is one bar and a count where there are too many to tell apart', () => {
    const many = shown(1000, 250)
    expect(many.find('li').exists()).toBe(false)
    expect(many.text()).toBe('250 of 1000 seeds')
    expect(many.find('rect').attributes('width')).toBe('25.05%')
  })
})
