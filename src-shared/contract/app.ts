/** Colour schemes a user can choose; `system` follows the desktop. */
export const themes = ['system', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

/** What the user has chosen for the app as a whole; kept between starts. */
export interface Settings {
  readonly theme: Theme
}

/** What this copy of the app is and runs on. */
export interface AppInfo {
  readonly name: string
  readonly version: string
  readonly electron: string
  readonly chrome: string
  readonly node: string
  readonly platform: string
}
