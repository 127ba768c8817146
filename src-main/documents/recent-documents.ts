import { z } from 'zod'

import { CallRefused } from '#shared/contract/call-refused'
import type { RecentDocument } from '#shared/contract/document'

import { documentName } from './document-name'
import { JsonFile } from './json-file'
import { reasonOf } from './system-error'

const maximumEntries = 10

/**
 * Paths of files opened or saved, newest first, kept between starts. Where they can't be written (a full disk), they are known
 * until the app ends: no file stays closed for it.
 */
export class RecentDocuments {
  readonly #file: JsonFile<string[]>
  #paths: readonly string[] = []

  constructor(file: string) {
    this.#file = new JsonFile(file, z.array(z.string()).max(maximumEntries), [])
  }

  /** Reads what earlier starts kept. Call once, before anything else. */
  async load(): Promise<void> {
    this.#paths = await this.#file.read()
  }

  list(): readonly RecentDocument[] {
    return this.#paths.map((path) => ({ path, name: documentName(path) }))
  }

  /** Puts a path first. */
  async add(path: string): Promise<void> {
    await this.#replace([path, ...this.#paths.filter((other) => other !== path)].slice(0, maximumEntries))
  }

  /** Forgets a path, one that turned out to be gone for instance. */
  async remove(path: string): Promise<void> {
    if (this.#paths.includes(path)) await this.#replace(this.#paths.filter((other) => other !== path))
  }

  /** Forgets all. Refuses with `recent.unwritable` where they would be back at the next start. */
  async clear(): Promise<void> {
    this.#paths = []
    await this.#file.write([]).catch((error: unknown) => {
      throw new CallRefused('recent.unwritable', `Recent files will be back at the next start, because their list can't be written: ${reasonOf(error)}.`)
    })
  }

  async #replace(paths: readonly string[]): Promise<void> {
    this.#paths = paths
    await this.#file.write([...paths]).catch(() => undefined)
  }
}
