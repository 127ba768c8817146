import type { IconName } from './icons/icon-paths'

/** A line of a menu: something to do, or a rule between groups. */
export type MenuItem = MenuAction | { readonly separator: true }

/** What the lines below it, up to the next heading, have in common. */
export interface MenuHeading {
  readonly heading: string
}

/** Something to do from a menu. */
export interface MenuAction {
  readonly label: string
  readonly icon?: IconName
  /** As the keymap writes it: `Ctrl+D`. */
  readonly shortcut?: string
  /** Text at the end of the line where there is no shortcut. */
  readonly hint?: string
  readonly disabled?: boolean
  readonly danger?: boolean
  /** For choices: whether this is the one in force. */
  readonly checked?: boolean
  readonly run: () => void
}
