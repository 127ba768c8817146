import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { z } from 'zod'

import { makeFolder } from './make-folder'
import { writeAtomically } from './write-atomically'

/**
 * A value kept as a small JSON file. Reading never fails: a file that is missing, cut off, or of another shape counts
 * as the fallback, because what is kept this way (settings, recent files) can be chosen again and must not stop the
 * app from starting. Writes happen in the order they were asked for.
 */
export class JsonFile<Value> {
  readonly #file: string
  readonly #schema: z.ZodType<Value>
  readonly #fallback: Value
  #writes: Promise<void> = Promise.resolve()

  constructor(file: string, schema: z.ZodType<Value>, fallback: Value) {
    this.#file = file
    this.#schema = schema
    this.#fallback = fallback
  }

  /** What the file holds, or the fallback. */
  async read(): Promise<Value> {
    await this.#writes.catch(() => undefined)
    try {
      return this.#schema.parse(JSON.parse(await readFile(this.#file, 'utf8')))
    } catch {
      return this.#fallback
    }
  }

  /** Replaces the file. Rejects with the file system's error. */
  write(value: Value): Promise<void> {
    this.#writes = this.#writes
      .catch(() => undefined)
      .then(async () => {
        await makeFolder(path.dirname(this.#file))
        await writeAtomically(this.#file, JSON.stringify(value, null, 2))
      })
    return this.#writes
  }
}
