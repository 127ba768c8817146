import path from 'node:path'

import { exportLab } from '#main/documents/export/export-lab'
import { writeFiles } from '#main/documents/export/cluster-files'
import { reasonOf } from '#main/documents/system-error'
import type { ClusterFile, ExportTarget, ExportWarning } from '#shared/contract/cluster-export'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { makeOutputFolder } from './output-folder'
import { chosenVariants, readLab } from './read-lab'
import { toJson, type Terminal } from './terminal'

/** What `cni-lab export` is given. */
export interface ExportOptions {
  readonly to: ExportTarget
  readonly variant?: string
  readonly out?: string
  readonly json?: boolean
}

/**
 * `cni-lab export LAB --to TARGET`: files that a real cluster, or the tools that make one, accept. What they do not say as
 * the lab does is said on stderr.
 */
export async function exportCommand(file: string, { to, variant, out, json }: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const lab = await readLab(file, terminal)
  const variants = variant === undefined ? lab.variants : chosenVariants(lab, [variant])
  const { files, warnings } = exportLab(lab, variants, to)
  terminal.error(warnings.map((warning) => warningLine(file, warning)).join(''))
  if (files.length === 0) throw new CliError('export.nothing', `${file} has nothing that --to ${to} could write.`)
  if (out !== undefined) {
    await makeOutputFolder(out)
    await writeFiles(out, files).catch((error: unknown) => {
      throw new CliError('output.unwritable', `${out} can't be written: ${reasonOf(error)}.`)
    })
  }
  if (json) terminal.out(toJson({ schema: 'cnilab/export/v1', lab: lab.name, to, files, warnings }))
  else terminal.out(out === undefined ? asStream(to, files) : files.map((each) => `${path.join(out, each.path)}\n`).join(''))
  return EXIT.done
}

function warningLine(file: string, { code, path: place, message }: ExportWarning): string {
  return `${file}: warning: ${place}: ${message} [export.${code}]\n`
}

/** All files as one stream of YAML documents, each below its name; files that are no YAML need a folder. */
function asStream(to: ExportTarget, files: readonly ClusterFile[]): string {
  const [first, ...others] = files
  if (others.length === 0) return first!.text
  const strange = files.find((each) => !/\.ya?ml$/u.test(each.path))
  if (strange !== undefined) throw new CliError('export.needs-folder', `--to ${to} makes files that are no YAML (${strange.path}); give a folder with --out.`)
  return files.map((each) => `---\n# Source: ${each.path}\n${each.text}`).join('')
}
