import type { RunSetUp } from '#main/pool/set-up'
import { humanCount } from '#shared/analysis/index'
import type { RunError } from '#shared/contract/run-messages'
import type { RunWarning } from '#shared/metrics/index'
import { SECOND_NS } from '#shared/units/index'

import { isMeasured, isOver, type TaskRecord } from './task-record'

/** A percentile is worth its name from this many samples beyond it. */
const samplesBeyond = 10

/** What to check before trusting a result: what its lab was warned of, what is missing, what is uncertain. */
export function runWarnings(setUp: RunSetUp, tasks: readonly TaskRecord[], error?: RunError): RunWarning[] {
  return [
    ...setUp.warnings.map(({ code, path, message }) => ({ code, message: path === '' ? message : `${path}: ${message}` })),
    ...(error ? [{ code: error.code, message: error.message }] : []),
    ...incomplete(tasks),
    ...undelivered(tasks),
    ...fewSeeds(tasks),
    ...fewSamples(tasks),
  ]
}

/** Tasks that were cut short, or have no figures at all. */
function incomplete(tasks: readonly TaskRecord[]): RunWarning[] {
  return tasks.flatMap((task) => {
    if (task.state === 'done' || !isOver(task)) return []
    const name = `${task.variant}, seed ${task.seed}`
    if (!isMeasured(task)) return [{ code: 'run.task-missing', message: `${name} ended before anything was measured.` }]
    const reached = (task.outcome.reachedNs / SECOND_NS).toFixed(3)
    return [
      {
        code: 'run.task-stopped',
        message: `${name} ended at ${reached} s of ${task.plan.durationNs / SECOND_NS} s; its figures cover the time until then.`,
      },
    ]
  })
}

function fewSeeds(tasks: readonly TaskRecord[]): RunWarning[] {
  const seeds = new Set(tasks.map((task) => task.seed)).size
  if (seeds > 1) return []
  return [{ code: 'run.single-seed', message: 'One seed only: there are no confidence intervals. Run more seeds to get them.' }]
}

/** Traffic of which nothing arrived after the warm-up, by entry. */
function undelivered(tasks: readonly TaskRecord[]): RunWarning[] {
  const where = new Map<string, Set<string>>()
  for (const task of tasks.filter(isMeasured)) {
    for (const traffic of task.outcome.result.traffic) {
      if (traffic.goodputBps === 0) note(where, traffic.name, task.variant)
    }
  }
  return [...where].map(([name, variants]) => ({
    code: 'traffic.nothing-delivered',
    message: `${name}: nothing arrived after the warm-up (${[...variants].join(', ')}).`,
  }))
}

/** Traffic whose 99.9th percentile rests on too few samples, by entry. */
function fewSamples(tasks: readonly TaskRecord[]): RunWarning[] {
  const where = new Map<string, Set<string>>()
  for (const task of tasks.filter(isMeasured)) {
    for (const { name, histogram } of task.outcome.series.latency) {
      if (histogram.count > 0 && histogram.count < samplesBeyond * 1000) note(where, name, task.variant)
    }
  }
  return [...where].map(([name, variants]) => ({
    code: 'latency.few-samples',
    message: `${name}: fewer than ${humanCount(samplesBeyond * 1000)} latency samples (${[...variants].join(', ')}); its p99.9 is uncertain.`,
  }))
}

function note(where: Map<string, Set<string>>, name: string, variant: string): void {
  const variants = where.get(name) ?? new Set<string>()
  where.set(name, variants.add(variant))
}
