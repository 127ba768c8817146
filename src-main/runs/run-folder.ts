import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { z } from 'zod'

import { checkedJson, valueIn } from '#main/documents/checked-json'
import { makeFolder } from '#main/documents/make-folder'
import { reasonOf } from '#main/documents/system-error'
import { writeAtomically } from '#main/documents/write-atomically'
import type { RunData, VariantSeries } from '#shared/contract/run-messages'
import type { ManifestFiles } from '#shared/lab/index'
import type { RunResult } from '#shared/metrics/index'

import { runResultSchema } from './result-schema'
import { type RunRecord, runRecordSchema } from './run-record'
import { decodeSeries, encodeSeries, seriesIndexSchema } from './series-file'

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
  await makeFolder(folder)
  const write = (file: string, content: string | Uint8Array): Promise<unknown> => writeAtomically(path.join(folder, file), content)
  await write(FILES.record, `${JSON.stringify(record, null, 2)}\n`)
  await write(FILES.result, `${JSON.stringify(result, null, 2)}\n`)
  await write(FILES.seriesIndex, index)
  await write(FILES.seriesFigures, figures)
  await write(FILES.lab, labText)
  if (manifests !== undefined && manifests.size > 0) await write(FILES.manifests, JSON.stringify(Object.fromEntries(manifests)))
}

/** Reads a run that was written into a folder. Rejects where a file is missing, damaged, or of a version that is not read. */
export async function readRunFolder(folder: string): Promise<ReadRun> {
  const { entry, error } = await readRecord(folder)
  const result = resultFrom(await readText(folder, FILES.result))
  const index = valueIn(FILES.seriesIndex, checkedJson(await readText(folder, FILES.seriesIndex), seriesIndexSchema))
  const series = decodeSeries(index, await readFile(path.join(folder, FILES.seriesFigures)))
  return { run: { entry, result, series, ...(error && { error }) }, ...(await readRunLab(folder)) }
}

/** Reads the lab of a run that was written into a folder. Rejects where it is missing. */
export async function readRunLab(folder: string): Promise<ReadLab> {
  const manifests = await readText(folder, FILES.manifests).catch(() => '{}')
  return {
    labText: await readText(folder, FILES.lab),
    manifests: new Map(Object.entries(valueIn(FILES.manifests, checkedJson(manifests, manifestsSchema)))),
  }
}

/** What a run in a folder was and how it ended. */
export async function readRecord(folder: string): Promise<RunRecord> {
  return valueIn(FILES.record, checkedJson(await readText(folder, FILES.record), runRecordSchema))
}

/** The result in a file's text. Throws where it is damaged or of another version, and says where. */
export function resultFrom(text: string, file: string = FILES.result): RunResult {
  return valueIn(file, checkedJson(text, runResultSchema))
}

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readFile(path.join(folder, file), 'utf8')
  } catch (error) {
    throw new Error(`${file}: ${reasonOf(error)}`, { cause: error })
  }
}
