import { noticeTitle } from '#shared/analysis/index'
import { dropTable, faultHeading, faultTable, lightChartTheme, linkTable, renderChartSvg, rowCount, softirqTable, trackingTable, type ChartRun, type DataTable } from '#shared/charts/index'
import type { RunData } from '#shared/contract/run-messages'

import { comparisonSection } from './comparison-section'
import { costSection } from './cost-section'
import { figuresSection } from './figures-section'
import { html, trusted, type Html } from './html'
import { labSection } from './lab-section'
import { CHARTED_ENTRIES, reportCharts, type ReportChart } from './report-charts'
import { reportComparison, type ReportComparison } from './report-comparison'
import type { ReportInput } from './report-input'
import { reportRun } from './report-run'
import { reportStyle } from './report-style'
import { summarySection } from './summary-section'
import { tableHtml } from './table-html'

/** Widths at which pictures are laid out, over both columns and in one; the page scales them to fit, screen or paper. */
const WIDE = 780
const HALF = 380
/** Rows of a chart's table in the page; files have all. */
const MOST_ROWS = 300

/** A report of a run: one HTML document that loads nothing. Who has its charts' run and its comparison already hands them over. */
export function renderReport(input: ReportInput, charted = reportRun(input.run), comparison = reportComparison(charted, input)): string {
  const { run, lab, labText, version } = input
  const measured = run.result.variants.some((variant) => variant.seeds.length > 0)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="CNI Lab ${version}">
<title>${run.entry.lab}: comparison report</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
<main>
${heading(run, lab?.description ?? '')}
${notices(run)}
${measured ? findings(charted, run.entry.seeds, comparison) : html`<p class="notice">Nothing was measured.</p>`}
${lab === undefined || labText === undefined ? null : labSection(lab, labText)}
${costSection(run.result)}
${labText === undefined ? null : repetition(run, labText, version)}
<footer>CNI Lab ${version}, a packet-level simulation of Kubernetes network plugins.</footer>
</main>
</body>
</html>
`
  return page.text
}

function heading({ entry, result }: RunData, description: string): Html {
  const names = result.variants.map((variant) => variant.name)
  return html`<p class="eyebrow">CNI Lab · comparison report</p>
<h1>${entry.lab}</h1>
<p class="lead">${description || `A comparison of ${names.join(', ')}.`}</p>
<ul class="facts">
<li><b>${names.length}</b> ${names.length === 1 ? 'variant' : 'variants'}</li>
<li><b>${entry.seeds}</b> ${entry.seeds === 1 ? 'seed' : 'seeds'} each</li>
<li><b>${entry.durationSeconds} s</b> simulated${entry.startedAt === '' ? null : html`, <b>${entry.warmupSeconds} s</b> of it warm-up`}</li>
${entry.startedAt === '' ? null : html`<li>Run of <b>${entry.startedAt.slice(0, 16).replace('T', ' ')} UTC</b></li>`}
<li>Lab <code>${entry.labHash}</code></li>
</ul>`
}

function notices({ entry, error, result }: RunData): Html[] {
  return [
    ...(error ? [html`<p class="notice error"><b>The run failed.</b> ${error.message} What was measured until then is partial.</p>`] : []),
    ...(entry.outcome === 'stopped' ? [html`<p class="notice"><b>The run was stopped.</b> What was measured until then is partial.</p>`] : []),
    ...result.warnings.map((warning) => html`<p class="notice"><b>${noticeTitle(warning.code)}.</b> ${warning.message}</p>`),
  ]
}

function findings(run: ChartRun, seeds: number, comparison: ReportComparison): Html {
  const drops = dropTable(run)
  const uncharted = run.traffic.length - CHARTED_ENTRIES
  return html`${summarySection(run, seeds)}
${comparisonSection(run, comparison)}
<h2 id="charts">Charts</h2>
${uncharted > 0 ? html`<p class="explanation">The first ${CHARTED_ENTRIES} traffic entries have charts; the tables have all ${run.traffic.length}.</p>` : null}
<div class="charts">${reportCharts(run).map(figureHtml)}</div>
${faultsSection(run)}
${figuresSection(run)}
<h2 id="links">Links and drops</h2>
<div class="pair"><div class="scrolls">${tableHtml(linkTable(run), MOST_ROWS)}</div>
<div class="scrolls">${rowCount(drops) > 0 ? tableHtml(drops) : html`<p class="explanation">No packet was dropped.</p>`}</div></div>
${tableSection('softirq', 'Softirq', softirqTable(run))}
${tableSection('tracking', 'Connection tracking', trackingTable(run))}`
}

/** A table under its heading, where it has rows. */
function tableSection(id: string, title: string, table: DataTable): Html | null {
  if (rowCount(table) === 0) return null
  return html`<h2 id="${id}">${title}</h2><div class="scrolls">${tableHtml(table, MOST_ROWS)}</div>`
}

/** What each fault cost, variant by variant. */
function faultsSection({ faults }: ChartRun): Html | null {
  if (faults.length === 0) return null
  return html`<h2 id="faults">Faults</h2>
${faults.map((fault) => html`<h3>${faultHeading(fault.fault)}</h3><div class="scrolls">${tableHtml(faultTable(fault))}</div>`)}`
}

function figureHtml({ chart, wide }: ReportChart): Html {
  const width = wide ? WIDE : HALF
  const caption = html`<figcaption><h3 id="chart-${chart.id}">${chart.title}</h3><p class="explanation">${chart.explanation}</p></figcaption>`
  const place = wide ? 'wide' : 'half'
  if (rowCount(chart.table) === 0) return html`<figure class="${place}">${caption}<p>Nothing was measured that this chart could show.</p></figure>`
  const svg = renderChartSvg(chart, { theme: lightChartTheme, frame: 'report', hidden: new Set(), width })
  const labelled = svg.replace('<svg ', `<svg role="img" aria-labelledby="chart-${chart.id}" `)
  return html`<figure class="${place}">
${caption}
${trusted(labelled)}
<details><summary>Data of this chart</summary><div class="scroll">${tableHtml(chart.table, MOST_ROWS)}</div></details>
</figure>`
}

function repetition({ entry, result }: RunData, labText: string, version: string): Html {
  const file = `${entry.lab}.cnilab.yaml`
  const variants = entry.variants.length < entry.labVariants.length ? entry.variants.map((name) => ` --variant ${name}`).join('') : ''
  const hashes = result.variants.map((variant) => ({ name: variant.name, seeds: variant.seeds }))
  return html`<h2 id="repeat">To repeat this run</h2>
<p>Save the lab below as <code>${file}</code>. The same version, lab and seeds give the same bytes, but for wall times.</p>
<pre><code>cni-lab run ${file} --seeds ${entry.seeds}${variants} --out results</code></pre>
<ul class="facts"><li>Version <b>${version}</b></li><li>Seeds <b>1 … ${entry.seeds}</b></li><li>Lab <code>${entry.labHash}</code></li></ul>
<details><summary>Trajectory hashes by variant and seed</summary><div class="scroll"><table>
<thead><tr><th scope="col">Variant</th><th scope="col" class="number">Seed</th><th scope="col">Trajectory hash</th><th scope="col" class="number">Packets sent</th><th scope="col" class="number">Delivered</th><th scope="col" class="number">Dropped</th><th scope="col" class="number">In flight</th></tr></thead>
<tbody>${hashes.flatMap(({ name, seeds }) => seeds.map((seed) => html`<tr><td>${name}</td><td class="number">${seed.seed}</td><td><code>${seed.trajectoryHash}</code></td><td class="number">${seed.packets.sent}</td><td class="number">${seed.packets.delivered}</td><td class="number">${seed.packets.dropped}</td><td class="number">${seed.packets.inFlight}</td></tr>`))}</tbody>
</table></div></details>
<details><summary>The lab file</summary><pre><code>${labText}</code></pre></details>`
}
