import type { RunResult, SeedResult, VariantResult } from '#shared/metrics/index'
import type { StageGroup, StageInfo } from '#shared/plan/index'
import { STAGES } from '#shared/plan/index'

import { totalCores, totalGigabits } from './observe'

/** What one stage cost on one node under one variant, mean over the seeds. */
export interface StageCost {
  readonly node: string
  readonly stage: string
  readonly group: StageGroup
  /** Mean number of cores that the stage kept busy. */
  readonly cores: number
}

const stagesById = new Map<string, StageInfo>(STAGES.map((stage) => [stage.id, stage]))

/** What a stage is; undefined for a name that this version does not know (a result of a newer one). */
export function stageNamed(id: string): StageInfo | undefined {
  return stagesById.get(id)
}

/** The group of a stage. One that this version does not know (a kept run of another one) counts with the device. */
function groupOf(stage: string): StageGroup {
  return stagesById.get(stage)?.group ?? 'device'
}

/**
 * Busy cores by node and stage, mean over the seeds of a variant, of the nodes named or of all. A node's stages sum to its busy cores: the measured
 * time is what `cpuByStage` (core-seconds) and `busyCores` of the same node imply.
 */
export function stageCosts(variant: VariantResult, nodes?: ReadonlySet<string>): StageCost[] {
  const cores = new Map<string, Map<string, number>>()
  for (const seed of variant.seeds) {
    for (const node of seed.nodes) {
      if (nodes && !nodes.has(node.name)) continue
      const coreSeconds = Object.values(node.cpuByStage).reduce((sum, value) => sum + value, 0)
      const perSecond = coreSeconds > 0 ? node.busyCores / coreSeconds / variant.seeds.length : 0
      const stages = cores.get(node.name) ?? new Map<string, number>()
      cores.set(node.name, stages)
      for (const [stage, value] of Object.entries(node.cpuByStage)) {
        stages.set(stage, (stages.get(stage) ?? 0) + value * perSecond)
      }
    }
  }
  return [...cores].flatMap(([node, stages]) =>
    [...stages].map(([stage, value]) => ({ node, stage, group: groupOf(stage), cores: value })),
  )
}

/** Nodes of a result with their busy cores, mean over variants and seeds, the busiest first. */
export function nodesByLoad(result: RunResult): { readonly name: string; readonly cores: number }[] {
  const seeds = result.variants.flatMap((variant) => variant.seeds)
  const load = new Map<string, number>()
  for (const node of seeds.flatMap((seed) => seed.nodes)) load.set(node.name, (load.get(node.name) ?? 0) + node.busyCores)
  return [...load].map(([name, cores]) => ({ name, cores: cores / seeds.length })).sort((a, b) => b.cores - a.cores)
}

/** A node this much less busy than the busiest one is idle for all that a picture can tell. */
const IDLE_SHARE = 0.02

/** Names of the nodes that a picture of so many should show: the busiest that are not idle beside the busiest of all. */
export function busiestNodes(result: RunResult, most: number): string[] {
  const ranked = nodesByLoad(result)
  const least = (ranked[0]?.cores ?? 0) * IDLE_SHARE
  return ranked.slice(0, most).filter((node) => node.cores >= least).map((node) => node.name)
}

/**
 * Busy cores by group of stages per gigabit of payload a second, all nodes together, mean over the seeds: what a
 * variant's work costs, whatever amount of it was done. Empty where nothing was received.
 */
export function groupCostsPerGigabit(variant: VariantResult): Map<StageGroup, number> {
  const costs = new Map<StageGroup, number>()
  for (const seed of variant.seeds) {
    const gigabits = totalGigabits(seed)
    if (gigabits <= 0) return new Map()
    for (const [group, cores] of groupCores(seed)) {
      costs.set(group, (costs.get(group) ?? 0) + cores / gigabits / variant.seeds.length)
    }
  }
  return costs
}

/** Busy cores of all nodes by group. */
function groupCores(seed: SeedResult): Map<StageGroup, number> {
  const coreSeconds = new Map<StageGroup, number>()
  let all = 0
  for (const node of seed.nodes) {
    for (const [stage, value] of Object.entries(node.cpuByStage)) {
      const group = groupOf(stage)
      coreSeconds.set(group, (coreSeconds.get(group) ?? 0) + value)
      all += value
    }
  }
  const perSecond = all > 0 ? totalCores(seed) / all : 0
  return new Map([...coreSeconds].map(([group, value]) => [group, value * perSecond]))
}
