import { beforeEach, describe, expect, it } from 'vitest'

import { serveLabApi } from '#main/ipc/serve-lab-api'
import type { Answer } from '#shared/contract/call'
import { CallRefused } from '#shared/contract/call-refused'
import { callChannel, labCallNames } from '#shared/contract/channels'
import type { LabCallName, LabHandlers } from '#shared/contract/lab-api'
import { labCalls } from '#shared/contract/lab-api'

type Serve = (event: never, ...payload: unknown[]) => Promise<Answer<unknown>>

/** Handlers that note what reaches them. */
function recordingHandlers(received: [LabCallName, unknown][], reply: () => unknown): LabHandlers {
  const entries = labCallNames.map((name) => [
    name,
    (parameters: unknown) => {
      received.push([name, parameters])
      return reply()
    },
  ])
  return Object.fromEntries(entries) as LabHandlers
}

describe('serveLabApi', () => {
  const channels = new Map<string, Serve>()
  let received: [LabCallName, unknown][]
  let log: string[]
  let trusted: boolean
  let reply: () => unknown
  const call = (name: LabCallName, ...payload: unknown[]): Promise<Answer<unknown>> =>
    channels.get(callChannel(name))!(undefined as never, ...payload)

  beforeEach(() => {
    channels.clear()
    received = []
    log = []
    trusted = true
    reply = () => null
    serveLabApi({
      ipcMain: { handle: (channel, serve) => void channels.set(channel, serve as Serve) },
      handlers: recordingHandlers(received, () => reply()),
      isTrusted: () => trusted,
      log: (line) => log.push(line),
    })
  })

  it('serves every call of the contract and no other channel', () => {
    expect([...channels.keys()].toSorted()).toEqual(
      Object.keys(labCalls)
        .map((name) => callChannel(name as LabCallName))
        .toSorted(),
    )
  })

  it('answers with what the handler comes to', async () => {
    reply = () => Promise.resolve({ theme: 'dark' })
    expect(await call('changeSettings', { theme: 'dark' })).toEqual({ ok: true, value: { theme: 'dark' } })
    expect(received).toEqual([['changeSettings', { theme: 'dark' }]])
  })

  it.each<[string, LabCallName, unknown[]]>([
    ['a missing field', 'saveDocument', [{ text: 'x' }]],
    ['a wrong type', 'saveDocument', [{ text: 1, as: true }]],
    ['an unknown field', 'saveDocument', [{ text: 'x', as: true, path: '/etc/passwd' }]],
    ['an unknown choice', 'changeSettings', [{ theme: 'pink' }]],
    ['a payload where none belongs', 'getSettings', [{}]],
    ['no payload where one belongs', 'openDocument', []],
    ['more than one parameter', 'getSettings', [undefined, 1]],
    ['a text that is too long', 'keepDraft', [{ text: 'x'.repeat(16 * 1024 * 1024 + 1) }]],
    ['a file name with a folder', 'exportFile', [{ suggestedName: '../a.png', kind: 'png', bytes: Uint8Array.of(1) }]],
    ['an unknown kind of file', 'exportFile', [{ suggestedName: 'a.exe', kind: 'exe', bytes: Uint8Array.of(1) }]],
    ['bytes that are none', 'exportFile', [{ suggestedName: 'a.png', kind: 'png', bytes: [1, 2] }]],
  ])('refuses %s without calling the handler, and logs it', async (_what, name, payload) => {
    expect(await call(name, ...payload)).toMatchObject({ ok: false, error: { code: 'ipc.payload' } })
    expect(received).toEqual([])
    expect(log).toHaveLength(1)
    expect(log[0]).toContain(`refused ${name}`)
  })

  it('refuses a sender that is not the page, and logs it', async () => {
    trusted = false
    expect(await call('getSettings')).toMatchObject({ ok: false, error: { code: 'ipc.sender' } })
    expect(received).toEqual([])
    expect(log).toEqual(["refused getSettings: sender is not the app's page"])
  })

  it('turns a refusal into a value with its problems', async () => {
    const problems = [{ code: 'missing', severity: 'error', path: 'spec', line: 3, message: 'no' }] as const
    reply = () => {
      throw new CallRefused('document.invalid', 'not a lab', problems)
    }
    expect(await call('openDocument', { unsaved: null })).toEqual({
      ok: false,
      error: { code: 'document.invalid', message: 'not a lab', problems },
    })
    expect(log).toEqual([])
  })

  it('logs a programming error and keeps its details from the page', async () => {
    reply = () => Promise.reject(new Error('secret detail'))
    const answer = await call('getSettings')
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(log[0]).toContain('secret detail')
  })
})
