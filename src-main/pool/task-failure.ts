import { TaskFailure } from './executor'

/**
 * Says in the project's terms why a pool rejected a task. The pool tells thread ends from errors thrown by the task by
 * code or message only: `ERR_WORKER_OUT_OF_MEMORY` is Node's (the heap), the messages about arrays are V8's (columns),
 * those about the thread's end and the AbortError are piscina's.
 */
export function failureOf(error: unknown): TaskFailure {
  const { name, message, code } = describe(error)
  const because = { cause: error }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || /^Array buffer allocation failed|^Invalid typed array length: \d/u.test(message)) {
    return new TaskFailure('run.out-of-memory', 'its worker ran out of memory', because)
  }
  if (name === 'AbortError') {
    return new TaskFailure('run.worker-stuck', 'its worker did not answer a stop and was ended', because)
  }
  if (/^worker exited with code|^Terminating worker thread/u.test(message)) {
    return new TaskFailure('run.worker-lost', `its worker ended unexpectedly (${message})`, because)
  }
  return new TaskFailure('run.task-failed', `the simulation failed: ${message}`, because)
}

function describe(error: unknown): { name: string; message: string; code: string } {
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '' }
  return { name: error.name, message: error.message, code: 'code' in error ? String(error.code) : '' }
}
