import { readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import { z } from 'zod'

import { reasonOf } from '#main/documents/system-error'
import { CallRefused } from '#shared/contract/call-refused'
import { maximumKeptRuns, type RunData } from '#shared/contract/run-messages'

import { type KeptRun, type ReadLab, readRecord, readRunFolder, readRunLab, writeRunFolder } from './run-folder'
import type { RunRecord } from './run-record'

/** What folders are called that are being written. */
const DRAFT = '.tmp'

/**
 * Runs on disk, a folder for each, named by its id. A folder appears complete or not at all: it is written under another
 * name and then renamed. One store has the folder, and saves one run at a time: whatever else is half-written there was
 * left by an app that was killed.
 */
export class RunStore {
  private readonly folder: string
  private readonly keep: number

  /** `keep` is how many runs are kept; saving one more forgets the oldest. */
  constructor(folder: string, keep = maximumKeptRuns) {
    this.folder = folder
    this.keep = keep
  }

  /** Keeps a run. Rejects with the file system's error; nothing is left behind then. */
  async save(run: KeptRun): Promise<void> {
    const target = this.folderOf(run.record.entry.runId)
    const draft = `${target}${DRAFT}`
    await this.removeDrafts()
    try {
      await writeRunFolder(draft, run)
      await rename(draft, target)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      throw error
    }
    const tooMany = (await this.list()).slice(this.keep)
    await Promise.all(tooMany.map((old) => this.delete(old.entry.runId)))
  }

  /** All kept runs, newest first. Folders that hold no readable run are left alone and left out. */
  async list(): Promise<RunRecord[]> {
    const names = await this.names()
    const records = await Promise.all(names.map((name) => readRecord(this.folderOf(name)).catch(() => null)))
    return records
      .filter((record, index) => record !== null && record.entry.runId === names[index])
      .filter((record) => record !== null)
      .toSorted((a, b) => b.entry.startedAt.localeCompare(a.entry.startedAt))
  }

  /** A kept run. Refuses with `run.unknown` or `run.unreadable`. */
  async load(runId: string): Promise<RunData> {
    return (await this.read(runId, readRunFolder)).run
  }

  /** The lab of a kept run. Refuses as `load` does. */
  loadLab(runId: string): Promise<ReadLab> {
    return this.read(runId, readRunLab)
  }

  private async read<Part>(runId: string, reader: (folder: string) => Promise<Part>): Promise<Part> {
    if (!(await this.names()).includes(runId)) throw new CallRefused('run.unknown', 'This run is not kept any more.')
    try {
      return await reader(this.folderOf(runId))
    } catch (error) {
      throw new CallRefused('run.unreadable', `The files of this run can't be read: ${reasonOf(error)}.`)
    }
  }

  /** Forgets a run; one that is not there is forgotten already. */
  async delete(runId: string): Promise<void> {
    await rm(this.folderOf(runId), { recursive: true, force: true })
  }

  private async removeDrafts(): Promise<void> {
    const drafts = (await this.names()).filter((name) => name.endsWith(DRAFT) && isRunId(path.basename(name, DRAFT)))
    await Promise.all(drafts.map((name) => this.delete(name).catch(() => undefined)))
  }

  private names(): Promise<string[]> {
    return readdir(this.folder).catch((): string[] => [])
  }

  private folderOf(runId: string): string {
    return path.join(this.folder, runId)
  }
}

function isRunId(name: string): boolean {
  return z.uuid().safeParse(name).success
}
