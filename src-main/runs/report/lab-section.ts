import { withoutZeros } from '#shared/analysis/index'
import type { Lab, Traffic, TrafficEnd, Variant } from '#shared/lab/index'
import { formatMessageSize, parseLab } from '#shared/lab/index'
import { humanDuration, humanRate, humanShare, humanSize } from '#shared/units/index'

import { html, type Html } from './html'
import { topologySvg } from './topology-svg'

/** What was simulated: the network, the variants with their settings, and the traffic. */
export function labSection(lab: Lab, labText: string): Html {
  const given = givenSettings(labText)
  const pods = lab.cluster.workloads.reduce((sum, workload) => sum + workload.replicas, 0)
  const cores = lab.nodes.reduce((sum, node) => sum + node.cpu.cores, 0)
  return html`<h2 id="lab">The lab</h2>
<div class="topology">${topologySvg(lab)}</div>
<ul class="facts">
<li><b>${lab.nodes.length}</b> nodes, <b>${cores}</b> cores</li>
<li><b>${lab.fabric.switches.length}</b> switches, <b>${lab.fabric.links.length}</b> links between them</li>
<li><b>${pods}</b> pods of <b>${lab.cluster.workloads.length}</b> workloads</li>
<li><b>${withoutZeros(humanDuration(lab.run.duration))}</b> simulated, <b>${withoutZeros(humanDuration(lab.run.warmup))}</b> of it warm-up</li>
${lab.run.hostCosts ? null : html`<li>Packets cost no CPU time (hostCosts: false)</li>`}
${lab.faults.length > 0 ? html`<li><b>${lab.faults.length}</b> faults</li>` : null}
</ul>
<h3 style="margin-top: 20px">Variants</h3>
<table><thead><tr><th scope="col">Variant</th><th scope="col">Plugin</th><th scope="col">Settings</th></tr></thead>
<tbody>${lab.variants.map((variant) => html`<tr><th scope="row">${variant.name}</th><td>${pluginName(variant)}</td><td class="wrap">${settingsText(given.get(variant.name))}</td></tr>`)}</tbody></table>
<h3 style="margin-top: 20px">Traffic</h3>
<table><thead><tr><th scope="col">Entry</th><th scope="col">Kind</th><th scope="col">From</th><th scope="col">To</th><th scope="col">How</th></tr></thead>
<tbody>${lab.traffic.map((entry) => html`<tr><th scope="row">${entry.name}</th><td>${entry.kind}</td><td>${endText(entry.from)}</td><td>${endText(entry.to)}</td><td>${trafficText(entry)}</td></tr>`)}</tbody></table>`
}

const plugins: Readonly<Record<Variant['cni'], string>> = { none: 'none: host network', calico: 'Calico', cilium: 'Cilium', flannel: 'Flannel' }

function pluginName(variant: Variant): string {
  return plugins[variant.cni]
}

/** The settings that the lab's text gives each variant; all others are the plugin's defaults. */
function givenSettings(labText: string): Map<string, unknown> {
  const file = parseLab(labText).document?.value as GivenLab | undefined
  return new Map(file?.spec?.variants?.map((variant) => [variant.name, variant.settings]))
}

/** The part of a lab file that is read here. The lab was checked, so what is there has this shape. */
interface GivenLab {
  readonly spec?: { readonly variants?: readonly { readonly name: string; readonly settings?: unknown }[] }
}

function settingsText(settings: unknown): Html {
  const leaves = leavesOf(settings, '')
  return leaves.length > 0 ? html`<code>${leaves.join(', ')}</code>` : html`<span class="same">the plugin’s defaults</span>`
}

function leavesOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [`${path}: ${JSON.stringify(value).replaceAll('"', '')}`]
  if (Array.isArray(value)) return value.length === 0 ? [] : [`${path}: ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
}

function endText({ kind, name, port }: TrafficEnd): string {
  return `${kind} ${name}${port === undefined ? '' : `, port ${port}`}`
}

function trafficText(entry: Traffic): string {
  const { streams, pattern, rate, requestRate, load, payload, arrivals, request, response, congestion, start, stop } = entry
  return [
    streams > 1 ? `${streams} streams` : null,
    pattern === 'in-turn' ? null : pattern,
    rate === undefined ? null : `${withoutZeros(humanRate(rate))} each`,
    requestRate === undefined ? null : `${requestRate} requests/s each`,
    entry.barrier === true ? 'barrier' : null,
    load === undefined ? null : `load ${humanShare(load)}`,
    payload === undefined ? null : `payload ${withoutZeros(humanSize(payload))}`,
    arrivals ?? null,
    request === undefined ? null : `request ${formatMessageSize(request)}`,
    response === undefined ? null : `response ${formatMessageSize(response)}`,
    congestion ?? null,
    entry.rtoMin === undefined ? null : `least RTO ${withoutZeros(humanDuration(entry.rtoMin))}`,
    entry.reverse === true ? 'reverse' : null,
    entry.sendfile === true ? 'sendfile' : null,
    entry.ecn === true ? 'ECN' : null,
    entry.noDelay === undefined ? null : `TCP_NODELAY ${entry.noDelay ? 'on' : 'off'}`,
    entry.sendBuffer === undefined ? null : `send buffer ${withoutZeros(humanSize(entry.sendBuffer))}`,
    entry.receiveBuffer === undefined ? null : `receive buffer ${withoutZeros(humanSize(entry.receiveBuffer))}`,
    start > 0 ? `from ${withoutZeros(humanDuration(start))}` : null,
    stop === undefined ? null : `until ${withoutZeros(humanDuration(stop))}`,
  ]
    .filter((part) => part !== null)
    .join(', ')
}
