import { lstat } from 'node:fs/promises'
import path from 'node:path'

import type { DocumentDialogs } from './document-dialogs'

/**
 * Where a file is written that the user chose as `chosen` and that gets its extension as `target`; null where another file is
 * there by that name, which the dialog could not ask about, and is to stay.
 */
export async function settledPlace(
  chosen: string,
  target: string,
  dialogs: Pick<DocumentDialogs, 'askToOverwrite'>,
): Promise<string | null> {
  const mayReplace = target === chosen || !(await isThere(target)) || (await dialogs.askToOverwrite(path.basename(target), 'exists'))
  return mayReplace ? target : null
}

/** Whether there is something by a path, be it a link that leads nowhere. */
export function isThere(file: string): Promise<boolean> {
  return lstat(file).then(() => true, () => false)
}
