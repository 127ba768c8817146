import type { ComparedFigure } from '#shared/analysis/index'
import { humanFigure, isSignificant, shareWithInterval } from '#shared/analysis/index'
import type { ChartRun } from '#shared/charts/index'

import { html, type Html } from './html'

/** Figures of so many nodes are in the page; the file has all. */
const MOST_NODES = 12

/** All figures: a row per figure and what it is of, a column per variant, with the change against the baseline. */
export function figuresSection(run: ChartRun): Html {
  const names = run.variants.map((variant) => variant.name)
  const rows = rowsOf(run.figures)
  const nodes = [...new Set(rows.filter((row) => row.figure.scope === 'node').map((row) => row.subject))]
  const shownNodes = new Set(nodes.slice(0, MOST_NODES))
  const shown = rows.filter((row) => row.figure.scope !== 'node' || shownNodes.has(row.subject))
  const rest = nodes.length - shownNodes.size
  return html`<h2 id="figures">All figures</h2>
<div class="scrolls"><table class="figures">
<caption>Means over the seeds ± half-width of the 95 % interval; below them the change against ${run.baseline}.${rest > 0 ? ` The first ${shownNodes.size} of ${nodes.length} nodes;` : ''} charts/figures.csv has ${rest > 0 ? 'all, with' : ''} least, greatest and differences in the figure’s unit.</caption>
<thead><tr><th scope="col">Figure</th>${names.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr><th scope="row">${row.figure.label}<span class="of">${row.subject || 'the run'}</span></th>${names.map((name) => cell(row.byVariant.get(name)))}</tr>`)}</tbody>
</table></div>`
}

interface Row {
  readonly figure: ComparedFigure['figure']
  readonly subject: string
  readonly byVariant: Map<string, ComparedFigure>
}

function rowsOf(figures: readonly ComparedFigure[]): Row[] {
  const rows = new Map<string, Row>()
  for (const each of figures) {
    const key = `${each.figure.id} ${each.subject}`
    const row = rows.get(key) ?? { figure: each.figure, subject: each.subject, byVariant: new Map() }
    rows.set(key, row)
    row.byVariant.set(each.variant, each)
  }
  return [...rows.values()]
}

function cell(compared: ComparedFigure | undefined): Html {
  if (!compared) return html`<td class="number">–</td>`
  const { sample, figure, difference } = compared
  const interval = sample.ci95 === null || sample.ci95 === 0 ? null : html` <small>± ${humanFigure(sample.ci95, figure.unit)}</small>`
  return html`<td class="number">${humanFigure(sample.mean, figure.unit)}${interval}${change(difference?.relative ?? null)}</td>`
}

function change(sample: ComparedFigure['sample'] | null): Html | null {
  if (!sample) return null
  const chance = sample.ci95 !== null && sample.ci95 > 0 && !isSignificant(sample)
  return html`<span class="of"${chance ? html` title="No more than chance"` : null}>${shareWithInterval(sample)}</span>`
}
