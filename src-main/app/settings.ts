import { z } from 'zod'

import { JsonFile } from '#main/documents/json-file'
import { reasonOf } from '#main/documents/system-error'
import type { Settings } from '#shared/contract/app'
import { themes } from '#shared/contract/app'
import { CallRefused } from '#shared/contract/call-refused'

const settingsSchema = z.object({ theme: z.enum(themes) })

const defaultSettings: Settings = { theme: 'system' }

/** The user's settings, kept between starts. A file that can't be read counts as defaults. */
export class SettingsStore {
  readonly #file: JsonFile<Settings>
  readonly #listeners: ((settings: Settings) => void)[] = []
  #current: Settings = defaultSettings

  constructor(file: string) {
    this.#file = new JsonFile(file, settingsSchema, defaultSettings)
  }

  get current(): Settings {
    return this.#current
  }

  /** Reads what earlier starts kept. Call once, before anything else. */
  async load(): Promise<void> {
    this.#current = await this.#file.read()
  }

  /**
   * Changes the settings given, tells the listeners, and comes to all settings once they are on disk. Refuses with
   * `settings.unwritable` where they hold only until the app ends.
   */
  async change(changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Promise<Settings> {
    this.#current = { theme: changes.theme ?? this.#current.theme }
    for (const listener of this.#listeners) listener(this.#current)
    await this.#file.write(this.#current).catch((error: unknown) => {
      throw new CallRefused('settings.unwritable', `The settings hold until the app is closed, because they can't be written: ${reasonOf(error)}.`)
    })
    return this.#current
  }

  /** Calls `listener` now and after every change. */
  observe(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener)
    listener(this.#current)
  }
}
