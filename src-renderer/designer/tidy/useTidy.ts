import ELK from 'elkjs/lib/elk-api'
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel } from '../canvas-elements'
import { snap, type Point } from '../geometry'
import { elkGraph, placesOf } from './elk-graph'

/** What `useTidy` gives. */
export interface Tidy {
  readonly isRunning: Readonly<Ref<boolean>>
  /**
   * Finds places for everything, or for some things, beginning where the first of them is now. Undefined where it was
   * cancelled or there is nothing to place.
   */
  readonly find: (model: CanvasModel, only?: ReadonlySet<ObjectId>) => Promise<ReadonlyMap<ObjectId, Point> | undefined>
  readonly cancel: () => void
}

/** Automatic layout on a thread of its own, so that the window goes on meanwhile. */
export function useTidy(): Tidy {
  const isRunning = ref(false)
  let running: { readonly elk: InstanceType<typeof ELK>; readonly end: (found: undefined) => void } | undefined

  function cancel(): void {
    running?.elk.terminateWorker()
    running?.end(undefined)
    running = undefined
    isRunning.value = false
  }

  async function find(model: CanvasModel, only?: ReadonlySet<ObjectId>): Promise<ReadonlyMap<ObjectId, Point> | undefined> {
    cancel()
    const graph = elkGraph(model, only)
    if ((graph.children ?? []).length === 0) return undefined
    const elk = new ELK({ workerFactory: () => new Worker(new URL('./elk.worker.ts', import.meta.url), { type: 'module' }) })
    isRunning.value = true
    const cancelled = new Promise<undefined>((end) => (running = { elk, end }))
    const found = await Promise.race([elk.layout(graph).then((laidOut) => placesOf(laidOut)), cancelled])
    if (found !== undefined) cancel()
    return found && moved(found, model, only)
  }

  onScopeDispose(cancel)
  return { isRunning: readonly(isRunning), find, cancel }
}

/** Moves what was laid out to where it is now: a selection to its corner, everything around the middle that it has. */
function moved(found: ReadonlyMap<ObjectId, Point>, { items }: CanvasModel, only: ReadonlySet<ObjectId> | undefined): ReadonlyMap<ObjectId, Point> {
  const old = items.filter(({ id }) => found.has(id)).map(({ box }) => box)
  const least = (points: readonly Point[]): Point => ({ x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) })
  const from = least([...found.values()])
  const to = only === undefined ? { x: from.x, y: least(old).y } : least(old)
  return new Map([...found].map(([id, { x, y }]) => [id, snap({ x: x - from.x + to.x, y: y - from.y + to.y })]))
}
