import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { exportLab } from '#main/documents/export/export-lab'
import { EXPORT_TARGETS, type ExportTarget } from '#shared/contract/cluster-export'
import { parseLab } from '#shared/lab/index'

const { lab } = parseLab(readFileSync('test/golden/export/lab.cnilab.yaml', 'utf8'))

/** All files of a target in one text, each below its path, and what they do not say at the end. */
function exported(target: ExportTarget): string {
  const { files, warnings } = exportLab(lab!, lab!.variants, target)
  const said = warnings.map(({ code, path, message }) => `# ${code} ${path}: ${message}\n`)
  return [...files.map(({ path, text }) => `### ${path}\n${text}\n`), '### warnings\n', ...said].join('')
}

describe('exporting a lab', () => {
  it.each(EXPORT_TARGETS)('writes the files of %s as people have read and approved them', async (target) => {
    await expect(exported(target)).toMatchFileSnapshot(`export/${target}.txt`)
  })
})
