import { stageCosts } from '#shared/analysis/index'
import type { RunResult } from '#shared/metrics/index'

import stageCostsFile from '../../../resources/calibration/stage-costs.json'
import { html, type Html } from './html'

type CostEntry = (typeof stageCostsFile.costs)[number]

/** A cost as the calibration has it. */
interface CostFigure {
  readonly value: number
  readonly unit: string
  readonly machine: string
  readonly uncertainty: number
  readonly source: string
}

const machines: Readonly<Record<string, { readonly cpu: string; readonly ghz: number }>> = stageCostsFile.machines

/** What went in: the costs of the stages that ran, each with its source and uncertainty, and what the figures mean. */
export function costSection(result: RunResult): Html {
  const ran = new Set(result.variants.flatMap((variant) => stageCosts(variant).map((cost) => cost.stage)))
  const rows = stageCostsFile.costs.filter((cost) => ran.has(cost.stage)).flatMap(rowsOf)
  return html`<h2 id="assumptions">Assumptions and sources</h2>
<ul class="notes">
<li>Every packet passes the stages of a Linux node one by one, and each charges its time to the core that runs it. Throughput ends where a core, a link or a window is full; no throughput, latency or CPU share is put in.</li>
<li>Costs below were measured on the machines named and are scaled to a lab's nodes by clock frequency. Those whose source is an estimate have no published figure. The uncertainty is a relative standard deviation, judged.</li>
<li>The same seed gives every variant the same arrivals. Intervals tell how much chance is in the means over the seeds, not how right the costs are.</li>
<li>Goodput is application payload received between warm-up and end. Latency is one way for streams and the whole transaction for request–response.</li>
</ul>
<details><summary>Costs of the ${ran.size} stages that ran, with their sources</summary><div class="scroll"><table>
<thead><tr><th scope="col">Stage</th><th scope="col" class="number">Cost</th><th scope="col" class="number">±</th><th scope="col">Measured on</th><th scope="col">Source</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`
}

function rowsOf(entry: CostEntry): Html[] {
  const kind = 'kind' in entry ? ` (${entry.kind})` : ''
  const named = (figure: CostFigure | undefined, suffix = ''): Html[] => {
    if (!figure) return []
    const machine = machines[figure.machine]
    return [
      html`<tr><td>${entry.stage}${kind}${suffix}</td><td class="number">${figure.value} ${figure.unit}</td><td class="number">${Math.round(figure.uncertainty * 100)} %</td><td>${machine ? `${machine.cpu}, ${machine.ghz} GHz` : figure.machine}</td><td class="wrap">${figure.source}</td></tr>`,
    ]
  }
  const { perPacket, perSegment, perByte, firstPerPacket } = entry as {
    readonly perPacket?: CostFigure
    readonly perSegment?: CostFigure
    readonly perByte?: CostFigure
    readonly firstPerPacket?: CostFigure
  }
  return [...named(perPacket), ...named(perSegment), ...named(perByte), ...named(firstPerPacket, ', first packet')]
}
