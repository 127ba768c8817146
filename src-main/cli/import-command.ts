import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

import { type ImportedLab, importLab } from '#main/documents/import/import-lab'
import type { ImportSource } from '#main/documents/import/sources'
import { reasonOf } from '#main/documents/system-error'
import { readManifestText } from '#shared/lab/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { countProblems } from './problem-text'
import { readTextFile, STANDARD_INPUT } from './read-text-file'
import { toJson, type Terminal } from './terminal'
import { writeOutput } from './write-output'

/** What `cni-lab import` is given. */
export interface ImportOptions {
  readonly out: string
  readonly json?: boolean
}

/** Longest dump that is read: a cluster of ten thousand pods. */
const MAXIMUM_MIB = 128
/** Files of a folder that are read. */
const MANIFEST_FILE = /\.(?:ya?ml|json)$/u

/** `cni-lab import FILE… --out LAB`: makes a lab of a cluster's objects. */
export async function importCommand(files: readonly string[], { out, json }: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  const sources: ImportSource[] = []
  for (const file of await allFiles(files)) {
    const read = readManifestText(await readText(file))
    if ('error' in read) throw new CliError('import.syntax', `${file}:${read.line}: ${read.error}`)
    sources.push({ name: file === STANDARD_INPUT ? 'standard input' : file, values: read.objects })
  }
  const objects = sources.reduce((sum, { values }) => sum + values.length, 0)
  if (objects === 0) throw new CliError('import.empty', 'There are no objects in what was given.')
  const name = path.basename(out).replace(/(?:\.cnilab)?\.ya?ml$/u, '').replaceAll(/\s+/gu, '-') || 'lab'
  const { text, problems, used, leftOut } = importLab(name, sources)
  if (Object.keys(used).length === 0) {
    terminal.error(leftOutLines(leftOut))
    throw new CliError('import.empty', 'Nothing in what was given can be part of a lab.')
  }
  await writeOutput(out, text)
  if (json) {
    terminal.out(toJson({ schema: 'cnilab/import/v1', lab: out, objects, used, leftOut, problems }))
    return EXIT.done
  }
  const counts = Object.entries(used).map(([kind, count]) => `${count} ${kind}`)
  terminal.out(`${out}: a lab of ${counts.join(', ')}\n`)
  terminal.out(leftOutLines(leftOut))
  terminal.out(`${out}: ${countProblems(problems)}\n`)
  return EXIT.done
}

function leftOutLines(leftOut: ImportedLab['leftOut']): string {
  return leftOut.map(({ object, reason }) => `  left out: ${object}: ${reason}\n`).join('')
}

/** The files given, folders replaced by the manifests below them. */
async function allFiles(files: readonly string[]): Promise<string[]> {
  const all: string[] = []
  for (const file of files) {
    if (file === STANDARD_INPUT) all.push(file)
    else if ((await statOf(file)).isDirectory()) {
      const entries = await readdir(file, { recursive: true, withFileTypes: true })
      const found = entries.filter((entry) => entry.isFile() && MANIFEST_FILE.test(entry.name))
      all.push(...found.map((entry) => path.join(entry.parentPath, entry.name)).sort())
    } else all.push(file)
  }
  return all
}

async function statOf(file: string) {
  try {
    return await stat(file)
  } catch (error) {
    throw new CliError('import.unreadable', `${file} can't be read: ${reasonOf(error)}.`)
  }
}

async function readText(file: string): Promise<string> {
  const read = await readTextFile(file, MAXIMUM_MIB)
  if ('problem' in read) throw new CliError('import.unreadable', `${file}: ${read.problem.message}`)
  return read.text
}
