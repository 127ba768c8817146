import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { reasonOf } from '#main/documents/read-document'
import { CallRefused } from '#shared/contract/call-refused'
import type { RunData, VariantSeries } from '#shared/contract/run-messages'
import type { RunResult } from '#shared/metrics/index'

import { type RunRecord, runRecordSchema } from './run-record'
import { decodeSeries, encodeSeries } from './series-file'

/** All that is kept of a run. */
export interface KeptRun {
  readonly record: RunRecord
  readonly result: RunResult
  readonly series: readonly VariantSeries[]
  /** The lab file's text as it was run. */
  readonly labText: string
}

const files = {
  record: 'run.json',
  result: 'results.json',
  seriesIndex: 'series.json',
  seriesFigures: 'series.f64',
  lab: 'lab.cnilab.yaml',
} as const

/**
 * Runs on disk, a folder for each, named by its id. A folder appears complete or not at all: it is written under another
 * name and then renamed.
 */
export class RunStore {
  private readonly folder: string
  private readonly keep: number

  /** `keep` is how many runs are kept; saving one more forgets the oldest. */
  constructor(folder: string, keep = 50) {
    this.folder = folder
    this.keep = keep
  }

  /** Keeps a run. Rejects with the file system's error; nothing is left behind then. */
  async save({ record, result, series, labText }: KeptRun): Promise<void> {
    const target = this.folderOf(record.entry.runId)
    const draft = `${target}.tmp`
    const { index, figures } = encodeSeries(series)
    await mkdir(draft, { recursive: true })
    try {
      await writeFile(path.join(draft, files.record), JSON.stringify(record, null, 2))
      await writeFile(path.join(draft, files.result), JSON.stringify(result))
      await writeFile(path.join(draft, files.seriesIndex), index)
      await writeFile(path.join(draft, files.seriesFigures), figures)
      await writeFile(path.join(draft, files.lab), labText)
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
    const records = await Promise.all(names.map((name) => this.readRecord(name).catch(() => null)))
    return records
      .filter((record, index) => record !== null && record.entry.runId === names[index])
      .filter((record) => record !== null)
      .toSorted((a, b) => b.entry.startedAt.localeCompare(a.entry.startedAt))
  }

  /** A kept run. Refuses with `run.unknown` or `run.unreadable`. */
  async load(runId: string): Promise<RunData> {
    if (!(await this.names()).includes(runId)) throw new CallRefused('run.unknown', 'This run is not kept any more.')
    try {
      const { entry, error } = await this.readRecord(runId)
      const result = resultFrom(await this.read(runId, files.result))
      const index = await this.read(runId, files.seriesIndex)
      const figures = await readFile(path.join(this.folderOf(runId), files.seriesFigures))
      return { entry, result, series: decodeSeries({ index, figures }), ...(error && { error }) }
    } catch (error) {
      throw new CallRefused('run.unreadable', `The files of this run can't be read: ${reasonOf(error)}.`)
    }
  }

  /** Forgets a run; one that is not there is forgotten already. */
  async delete(runId: string): Promise<void> {
    await rm(this.folderOf(runId), { recursive: true, force: true })
  }

  private names(): Promise<string[]> {
    return readdir(this.folder).catch((): string[] => [])
  }

  private folderOf(runId: string): string {
    return path.join(this.folder, runId)
  }

  private read(runId: string, file: string): Promise<string> {
    return readFile(path.join(this.folderOf(runId), file), 'utf8')
  }

  private async readRecord(runId: string): Promise<RunRecord> {
    return runRecordSchema.parse(JSON.parse(await this.read(runId, files.record)))
  }
}

/** A result as this version of the app reads it. Its own files are trusted beyond the name of the shape. */
function resultFrom(text: string): RunResult {
  const result = JSON.parse(text) as Partial<RunResult> | null
  if (result?.schema !== 'cnilab/result/v1') throw new Error('the result is of a version that this app does not read')
  return result as RunResult
}
