import { rm } from 'node:fs/promises'

import { z } from 'zod'

import { CallRefused } from '#shared/contract/call-refused'
import { maximumDocumentLength } from '#shared/contract/document'

import { JsonFile } from './json-file'
import { reasonOf } from './system-error'

const draftSchema = z.strictObject({
  path: z.string().nullable(),
  keptAt: z.iso.datetime(),
  text: z.string().max(maximumDocumentLength),
})

/** Unsaved text that outlives a crash. */
export type Draft = z.output<typeof draftSchema>

/**
 * Keeps the one draft of the one open document. A draft found at start means that the app did not end in an orderly
 * way: saving, discarding and closing all remove it.
 */
export class DraftStore {
  readonly #path: string
  readonly #file: JsonFile<Draft | null>
  #last: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
    this.#file = new JsonFile<Draft | null>(path, draftSchema, null)
  }

  /** Replaces the draft. `keptAt` is the caller's clock. Refuses with `draft.unwritable`. */
  keep(text: string, path: string | null, keptAt: Date): Promise<void> {
    return this.#inOrder(() => this.#file.write({ path, keptAt: keptAt.toISOString(), text }).catch((error: unknown) => {
      throw new CallRefused('draft.unwritable', `A crash would lose the unsaved changes, because they can't be kept: ${reasonOf(error)}.`)
    }))
  }

  /** Removes the draft, if any. One that can't be removed is offered at the next start, and keeps nothing else from being done. */
  discard(): Promise<void> {
    return this.#inOrder(() => rm(this.#path, { force: true }).catch(() => undefined))
  }

  /** The draft an earlier start left behind, or null. */
  async find(): Promise<Draft | null> {
    await this.#last.catch(() => undefined)
    return this.#file.read()
  }

  /** A discard must not be overtaken by the write before it. */
  #inOrder(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(step)
    return this.#last
  }
}
