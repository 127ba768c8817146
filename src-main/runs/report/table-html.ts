import { cellText, isNumeric, rowCount, visibleColumns, type DataTable } from '#shared/charts/index'

import { html, type Html } from './html'

/** A data table as an HTML table, its first `most` rows. What is left out is said. */
export function tableHtml(table: DataTable, most = Infinity): Html {
  const columns = visibleColumns(table)
  const rows = rowCount(table)
  const shown = Math.min(rows, most)
  const cells = (row: number): Html[] =>
    columns.map((column) => html`<td${isNumeric(column) ? numberClass : null}>${cellText(column, row)}</td>`)
  const rest = rows - shown
  return html`<table>
<caption>${table.caption}${rest > 0 ? ` The first ${shown} of ${rows} rows; the CSV file has all.` : ''}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${isNumeric(column) ? numberClass : null}>${column.label}</th>`)}</tr></thead>
<tbody>${Array.from({ length: shown }, (_, row) => html`<tr>${cells(row)}</tr>`)}</tbody>
</table>`
}

const numberClass = html` class="number"`
