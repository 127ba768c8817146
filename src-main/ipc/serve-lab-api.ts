import type { IpcMain, IpcMainInvokeEvent } from 'electron'

import type { Answer } from '#shared/contract/call'
import { CallRefused } from '#shared/contract/call-refused'
import { callChannel, labCallNames } from '#shared/contract/channels'
import type { LabCallName, LabHandlers } from '#shared/contract/lab-api'
import { labCalls } from '#shared/contract/lab-api'

/** What serving the contract needs. */
export interface LabApiOptions {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly handlers: LabHandlers
  /** Whether a call comes from the app's own page; anything else is refused. */
  readonly isTrusted: (event: IpcMainInvokeEvent) => boolean
  /** One line for each call refused at the border and each programming error behind it. */
  readonly log: (line: string) => void
}

/**
 * Serves every call of the contract: check the sender, check the payload, call, answer. Handlers get checked
 * parameters only. A `CallRefused` becomes an error value; any other error is logged with its stack and the window
 * learns no more than that something failed.
 */
export function serveLabApi({ ipcMain, handlers, isTrusted, log }: LabApiOptions): void {
  for (const name of labCallNames) {
    ipcMain.handle(callChannel(name), async (event, ...payload: unknown[]) => {
      if (!isTrusted(event)) {
        log(`refused ${name}: sender is not the app's page`)
        return refusal('ipc.sender', 'This page may not call the app.')
      }
      const checked = labCalls[name][0].safeParse(payload[0])
      if (!checked.success || payload.length > 1) {
        const reasons = checked.error?.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
        const reason = reasons?.join('; ') ?? 'more than one parameter'
        log(`refused ${name}: ${reason}`)
        return refusal('ipc.payload', `${name}: ${reason}`)
      }
      return answer(name, () => call(handlers, name, checked.data), log)
    })
  }
}

/** `data` passed the schema of `name`, which is what makes it the parameter of the handler of `name`. */
function call(handlers: LabHandlers, name: LabCallName, data: unknown): unknown {
  return (handlers[name] as (parameters: unknown) => unknown)(data)
}

async function answer(name: string, run: () => unknown, log: (line: string) => void): Promise<Answer<unknown>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (error instanceof CallRefused) return { ok: false, error: error.toCallError() }
    log(`failed ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return refusal('internal', 'Something went wrong inside the app; the terminal it was started from shows more.')
  }
}

function refusal(code: string, message: string): Answer<never> {
  return { ok: false, error: { code, message } }
}
