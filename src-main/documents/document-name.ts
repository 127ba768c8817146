import path from 'node:path'

/** What every lab file ends in. */
export const documentExtension = '.cnilab.yaml'

/** A lab's name for titles: the file's name without `.cnilab.yaml` (or `.yaml`, `.yml`). */
export function documentName(file: string): string {
  return path.basename(file).replace(/(\.cnilab)?\.(ya?ml|png|svg)$/i, '')
}

/** The path to save at: names that don't end in `.yaml` or `.yml` get the lab extension. */
export function withDocumentExtension(file: string): string {
  return /\.ya?ml$/i.test(file) ? file : file + documentExtension
}
