import type { DataTable } from '../charts/index'
import { VERDICT_TEXTS, type CheckedClaim } from './check-claims'
import type { ComparisonRow } from './seven-rows'

/** The seven rows: a column for each variant. */
export function comparisonTable(rows: readonly ComparisonRow[]): DataTable {
  const variants = rows[0]?.cells.map(({ variant }) => variant) ?? []
  return {
    caption: 'What each variant is built of, exchanges, reaches and takes, row by row; each cell is backed by this run and its lab.',
    columns: [
      { key: 'row', label: 'Row', cells: rows.map(({ title }) => title) },
      ...variants.map((variant, index) => ({ key: variant, label: variant, cells: rows.map(({ cells }) => cells[index]!.lines.join('; ')) })),
    ],
  }
}

/** What is behind the cells: a row for each figure of each. */
export function detailTable(rows: readonly ComparisonRow[]): DataTable {
  const details = rows.flatMap(({ title, cells }) => cells.flatMap(({ variant, details: behind }) => behind.map((detail) => ({ title, variant, ...detail }))))
  return {
    caption: 'A row per figure behind the comparison, and where it is from: the run, a packet followed through the datapath, the control plane, other sizes of the design, or the policies.',
    columns: [
      { key: 'row', label: 'Row', cells: details.map(({ title }) => title) },
      { key: 'variant', label: 'Variant', cells: details.map(({ variant }) => variant) },
      { key: 'from', label: 'From', cells: details.map(({ from }) => from) },
      { key: 'what', label: 'What', cells: details.map(({ what }) => what) },
      { key: 'value', label: 'Value', cells: details.map(({ value }) => value) },
    ],
  }
}

/** Common claims with what the run says about them. */
export function claimTable(claims: readonly CheckedClaim[]): DataTable {
  return {
    caption: 'A row per common claim: what this run says about it, on which evidence, and when that turns.',
    columns: [
      { key: 'claim', label: 'Claim', cells: claims.map(({ claim }) => claim) },
      { key: 'verdict', label: 'Verdict', cells: claims.map(({ verdict }) => VERDICT_TEXTS[verdict]) },
      { key: 'evidence', label: 'Evidence', cells: claims.map(({ evidence }) => evidence.join(' ')) },
      { key: 'turns', label: 'When it turns', cells: claims.map(({ turns }) => turns) },
    ],
  }
}
