import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'

import { z } from 'zod'

import { writeAtomically } from '#main/documents/write-atomically'
import type { RunData, VariantSeries } from '#shared/contract/run-messages'
import type { ManifestFiles } from '#shared/lab/index'
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
  /** Texts of the manifest files that it names. */
  readonly manifests?: ManifestFiles
}

/** The lab of a run. */
export interface ReadLab {
  readonly labText: string
  readonly manifests: ManifestFiles
}

/** A run read from a folder. */
export interface ReadRun extends ReadLab {
  readonly run: RunData
}

const FILES = {
  record: 'run.json',
  result: 'results.json',
  seriesIndex: 'series.json',
  seriesFigures: 'series.f64',
  lab: 'lab.cnilab.yaml',
  manifests: 'manifests.json',
} as const

const manifestsSchema = z.record(z.string(), z.string())

/** Writes a run into a folder, which is made where it is not there. Rejects with the file system's error. */
export async function writeRunFolder(folder: string, { record, result, series, labText, manifests }: KeptRun): Promise<void> {
  const { index, figures } = encodeSeries(series)
  await mkdir(folder, { recursive: true })
  const write = (file: string, content: string | Uint8Array): Promise<unknown> => writeAtomically(path.join(folder, file), content)
  await write(FILES.record, `${JSON.stringify(record, null, 2)}\n`)
  await write(FILES.result, `${JSON.stringify(result, null, 2)}\n`)
  await write(FILES.seriesIndex, index)
  await write(FILES.seriesFigures, figures)
  await write(FILES.lab, labText)
  if (manifests !== undefined && manifests.size > 0) await write(FILES.manifests, JSON.stringify(Object.fromEntries(manifests)))
}

/** Reads a run that was written into a folder. Rejects where a file is missing, or of a version that is not read. */
export async function readRunFolder(folder: string): Promise<ReadRun> {
  const read = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8')
  const { entry, error } = await readRecord(folder)
  const result = resultFrom(await read(FILES.result))
  const index = await read(FILES.seriesIndex)
  const figures = await readFile(path.join(folder, FILES.seriesFigures))
  return { run: { entry, result, series: decodeSeries({ index, figures }), ...(error && { error }) }, ...(await readRunLab(folder)) }
}

/** Reads the lab of a run that was written into a folder. Rejects where it is missing. */
export async function readRunLab(folder: string): Promise<ReadLab> {
  const read = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8')
  const manifests = await read(FILES.manifests).then((text) => manifestsSchema.parse(JSON.parse(text)), () => ({}))
  return { labText: await read(FILES.lab), manifests: new Map(Object.entries(manifests)) }
}

/** What a run in a folder was and how it ended. */
export async function readRecord(folder: string): Promise<RunRecord> {
  return runRecordSchema.parse(JSON.parse(await readFile(path.join(folder, FILES.record), 'utf8')))
}

/** A result as this version of the app reads it. Its own files are trusted beyond the name of the shape. */
export function resultFrom(text: string): RunResult {
  const result = JSON.parse(text) as Partial<RunResult> | null
  if (result?.schema !== 'cnilab/result/v1') throw new Error('the result is of a version that this app does not read')
  return result as RunResult
}
