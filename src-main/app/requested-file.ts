import path from 'node:path'

/**
 * The lab file that a start of the app names, as an absolute path, or null: the first argument that ends in `.yaml` or
 * `.yml` and is no option. The app's folder and Chromium's own switches come before it.
 */
export function requestedFile(argv: readonly string[], folder: string): string | null {
  const named = argv.slice(1).find((argument) => !argument.startsWith('-') && /\.ya?ml$/i.test(argument))
  return named === undefined ? null : path.resolve(folder, named)
}
