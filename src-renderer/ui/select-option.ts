/** An entry of a list to choose from. */
export interface SelectOption {
  readonly value: string
  readonly label: string
  readonly disabled?: boolean
  /** Entries of one group stand together under its name. */
  readonly group?: string
}
