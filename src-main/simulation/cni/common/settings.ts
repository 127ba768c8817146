import type { Finding } from '#shared/lab/index'

/** A setting that a model does not cover, and when. */
export interface SettingCheck<Settings> {
  /** Keys below `settings`. */
  readonly path: readonly string[]
  readonly refuses: (settings: Settings) => boolean
  readonly message: string
}

/** A finding for each check that refuses; `at` is the path of the settings. */
export function notModelled<Settings>(
  checks: readonly SettingCheck<Settings>[],
  settings: Settings,
  at: Finding['path'],
): Finding[] {
  return checks
    .filter(({ refuses }) => refuses(settings))
    .map(({ path, message }) => ({ code: 'not-modelled', path: [...at, ...path], message }))
}
