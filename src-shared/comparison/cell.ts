/** Where a figure of a cell is from. */
export type Source =
  /** Measured by the run. */
  | 'run'
  /** A packet that was followed through the variant's datapath. */
  | 'packet'
  /** The control plane, simulated over the time of the run. */
  | 'control plane'
  /** The same design at other sizes. */
  | 'other sizes'
  /** The policies as the variant's plugin reads them. */
  | 'policies'

/** A line behind a cell: what, how much, and where it is from. */
export interface Detail {
  readonly what: string
  readonly value: string
  readonly from: Source
}

/** A cell of the comparison. */
export interface ComparisonCell {
  readonly variant: string
  /** What it says, a few words a line. */
  readonly lines: readonly string[]
  readonly details: readonly Detail[]
  /** Why part of it can't be told by this run, and what to add to the lab. */
  readonly missing?: string
}

/** What a cell says, without its variant. */
export type CellContent = Omit<ComparisonCell, 'variant'>

/** A cell that needs the lab where that is not at hand. */
export const NO_LAB: CellContent = { lines: ['Not known'], details: [], missing: 'The result alone does not tell; the report of the whole run does.' }
