import { rowCount, type ChartRun } from '#shared/charts/index'
import { claimTable, detailTable, VERDICT_TEXTS, type CheckedClaim, type ComparisonRow } from '#shared/comparison/index'

import { html, type Html } from './html'
import type { ReportComparison } from './report-comparison'
import { tableHtml } from './table-html'

/** The variants in seven rows, what is behind each cell, and common claims checked against the run. */
export function comparisonSection(run: ChartRun, { rows, claims }: ReportComparison): Html {
  const variants = run.variants.map(({ name }) => name)
  const shown = claims.filter(({ verdict }) => verdict !== 'not-shown')
  const rest = claims.filter(({ verdict }) => verdict === 'not-shown')
  const details = detailTable(rows)
  return html`<h2 id="comparison">Comparison in seven rows</h2>
<div class="scrolls"><table class="seven">
<caption>Each cell is backed by this run and its lab; changes in brackets are against ${run.baseline}.</caption>
<thead><tr><th scope="col">Row</th>${variants.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(rowHtml)}</tbody>
</table></div>
${missingHtml(rows)}
<details><summary>The ${rowCount(details)} figures behind the cells, and where each is from</summary><div class="scroll">${tableHtml(details)}</div></details>
<h2 id="claims">Common claims, checked</h2>
${shown.length === 0 ? html`<p class="explanation">This run shows nothing about any of them.</p>` : html`<dl class="claims">${shown.map(claimHtml)}</dl>`}
${rest.length === 0 ? null : html`<details><summary>${rest.length} claims that this run shows nothing about, and what to add</summary><div class="scroll">${tableHtml(claimTable(rest))}</div></details>`}`
}

function rowHtml({ title, computed, cells }: ComparisonRow): Html {
  return html`<tr><th scope="row">${title}<span class="of">${computed}</span></th>${cells.map(({ lines }) => html`<td class="wrap">${lines.map((line) => html`<span class="line">${line}</span>`)}</td>`)}</tr>`
}

/** What the lab can't tell and what to add, each once with the variants that it is about. */
function missingHtml(rows: readonly ComparisonRow[]): Html | null {
  const missing = rows.flatMap(({ title, cells }) => [...new Set(cells.flatMap((cell) => cell.missing ?? []))].map((text) => ({ title, text })))
  return missing.length === 0 ? null : html`<ul class="notes">${missing.map(({ title, text }) => html`<li><b>${title}.</b> ${text}</li>`)}</ul>`
}

function claimHtml({ claim, verdict, evidence, turns }: CheckedClaim): Html {
  return html`<dt><q>${claim}</q><span class="verdict ${verdict}">${VERDICT_TEXTS[verdict]}</span></dt>
<dd><ul class="reasons">${evidence.map((sentence) => html`<li>${sentence}</li>`)}</ul><p class="turns"><b>When it turns.</b> ${turns}</p></dd>`
}
