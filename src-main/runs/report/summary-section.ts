import { explain, headlinesOf, headlineValue, type HeadlineValue } from '#shared/analysis/index'
import { markerOutline, type ChartRun, type ChartVariant } from '#shared/charts/index'

import { html, type Html } from './html'

/** The headline figures of each variant with their change against the baseline, and why it stands there. */
export function summarySection(run: ChartRun, seeds: number): Html {
  const headlines = headlinesOf(run.result)
  const explanations = explain(run.result, run.figures, run.baseline)
  const row = (variant: ChartVariant): Html => html`<tr>
<th scope="row">${variantName(variant)}${partial(variant, seeds)}</th>
${headlines.map((headline) => valueCell(headlineValue(run.figures, variant.name, headline), variant.name === run.baseline))}
</tr>`
  return html`<h2 id="summary">Summary</h2>
<div class="scrolls"><table class="summary">
<caption>Means over the seeds. Changes are against ${run.baseline} with the same seed; ± is the half-width of the 95 % interval.</caption>
<thead><tr><th scope="col">Variant</th>${headlines.map((headline) => html`<th scope="col" class="number">${headline.label}<span class="of">${headline.of}</span></th>`)}</tr></thead>
<tbody>${run.variants.map(row)}</tbody>
</table></div>
<dl class="why">${run.variants.map((variant) => {
    const sentences = explanations.find((each) => each.variant === variant.name)?.sentences ?? []
    return html`<dt>${variantName(variant)}</dt><dd><ul class="reasons">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></dd>`
  })}</dl>`
}

function partial(variant: ChartVariant, seeds: number): Html | null {
  const count = variant.result.seeds.length
  return count < seeds ? html`<span class="of">${count} of ${seeds} seeds</span>` : null
}

function valueCell({ value, change }: HeadlineValue, isBaseline: boolean): Html {
  const below = change
    ? html`<span class="change ${change.verdict}" title="${change.basis}">${change.text} <small>${change.interval}</small></span>`
    : html`<span class="change same">${isBaseline ? 'baseline' : ''}</span>`
  return html`<td class="number"><span class="value">${value}</span>${below}</td>`
}

/** A variant's name with its line and marker. */
function variantName({ name, style }: ChartVariant): Html {
  const dash = style.dash.length > 0 ? html` stroke-dasharray="${style.dash.join(' ')}"` : null
  return html`<span class="variant"><svg width="24" height="12" viewBox="0 0 24 12" aria-hidden="true"><path d="M0 6h24" stroke="${style.colour}" stroke-width="1.75"${dash} /><path d="${markerOutline(style.marker)}" fill="${style.colour}" /></svg>${name}</span>`
}
