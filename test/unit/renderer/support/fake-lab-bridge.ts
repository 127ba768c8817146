import type { LabBridge, LabEventName, LabEvents } from '#shared/contract/lab-api'
import type { RunData, RunEntry, RunProgress, RunStarted } from '#shared/contract/run-messages'
import { fakeRun } from '../../../fixture/fake-run'

const runId = '6f9619ff-8b86-4d01-b42d-00c04fc964ff'
const { result, series } = fakeRun({ seeds: 2, durationSeconds: 0.2, warmupSeconds: 0.05 })
const names = result.variants.map((variant) => variant.name)

/** What main says of a run when it is over. */
export const fakeRunData: RunData = {
  entry: {
    runId,
    lab: result.lab,
    labHash: result.labHash,
    startedAt: '2026-11-23T02:11:00.000Z',
    variants: names,
    labVariants: names,
    seeds: 2,
    durationSeconds: 0.2,
    warmupSeconds: 0.05,
    outcome: 'done',
  },
  result,
  series,
}

/** What main says of a run that it accepted. */
export const fakeRunStarted: RunStarted = {
  runId,
  lab: result.lab,
  labHash: result.labHash,
  durationSeconds: 0.2,
  warmupSeconds: 0.05,
  faults: [],
  traffic: ['bulk', 'ping'],
  tasks: names.flatMap((variant) => [1, 2].map((seed) => ({ variant, seed }))),
}

/** A look at that run: every task so far, with the same goodput. */
export function fakeProgress(simulatedSeconds: number, goodputBps: number): RunProgress {
  const tasks = fakeRunStarted.tasks.map((task) => ({ ...task, state: 'running' as const, simulatedSeconds, goodputBps: [goodputBps, 1] }))
  return { runId, elapsedSeconds: 1, remainingSeconds: 3, share: simulatedSeconds / 0.2, eventsPerSecond: 1e6, tasks }
}

type Answers = Record<string, (parameters: never) => unknown>

/** A `window.lab` of which tests say what it answers, and who can tell it what main does. */
export class FakeLabBridge {
  /** Answers by the name of the call; a call without one fails the test. */
  readonly answers: Answers = {}
  readonly calls: { readonly name: string; readonly parameters: unknown }[] = []
  private readonly listeners = new Map<string, Set<(payload: unknown) => void>>()

  /** What `window.lab` is to be. */
  get lab(): LabBridge {
    const call = (name: string) => (parameters: unknown) => {
      this.calls.push({ name, parameters })
      const answer = this.answers[name]
      if (!answer) return Promise.reject(new Error(`nobody expected the call ${name}`))
      return Promise.resolve(answer(parameters as never))
    }
    const on = (name: LabEventName, listener: (payload: never) => void) => {
      const listeners = this.listeners.get(name) ?? new Set()
      this.listeners.set(name, listeners.add(listener as (payload: unknown) => void))
      return () => listeners.delete(listener as (payload: unknown) => void)
    }
    return new Proxy({} as LabBridge, { get: (_target, name) => (name === 'on' ? on : call(String(name))) })
  }

  /** Main tells the window something. */
  tell<Name extends LabEventName>(name: Name, payload: LabEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(payload)
  }

  /** Main keeps these runs. */
  keeps(...entries: RunEntry[]): void {
    this.answers['listRuns'] = () => ({ ok: true, value: entries })
  }
}
