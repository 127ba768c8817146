import { isList, isMapping, valueAt } from '../change/plain-value'
import { didYouMean } from '../did-you-mean'
import type { PathSet } from '../document-path'
import { mentionsIn, parsePodName, type Mention } from '../mentions'
import type { Report } from '../problem'
import type { KnownNames } from './names'

/** Reports each mention of what is not there, except at places that are faulty in themselves. */
export function checkReferences(content: unknown, names: KnownNames, faulty: PathSet, report: Report): void {
  for (const mention of mentionsIn(content)) {
    if (faulty.covers(mention.path)) continue
    const missing = explain(mention, names)
    if (missing === undefined) continue
    const { path } = mention
    if (isOfView(mention)) report('stale-view', path, missing.message, 'Remove the entry.')
    else report('unknown-reference', path, missing.message, missing.fix)
  }
  checkFaultyLinks(content, names, report)
}

/** What only says how the lab is drawn keeps nothing from running. */
function isOfView({ path }: Mention): boolean {
  return path[0] === 'spec' && path[1] === 'view'
}

interface Missing {
  readonly message: string
  readonly fix?: string | undefined
}

function explain({ kind, name }: Mention, names: KnownNames): Missing | undefined {
  switch (kind) {
    case 'pod':
      return explainPod(name, names)
    case 'link-end':
      return lookUp('switch or node', name, names.switch, names.node)
    default:
      return lookUp(kind, name, names[kind])
  }
}

function lookUp(what: string, name: string, ...known: readonly ReadonlySet<string>[]): Missing | undefined {
  if (known.some((names) => names.has(name))) return undefined
  return { message: `There is no ${what} ${JSON.stringify(name)}.`, fix: didYouMean(name, known.flatMap((names) => [...names])) }
}

function explainPod(name: string, names: KnownNames): Missing | undefined {
  const pod = parsePodName(name)
  if (pod === undefined || !names.workload.has(pod.workload)) {
    const firstPods = [...names.workload].map((workload) => `${workload}-0`)
    const fix = names.workload.has(name) ? `Replica i of ${name} is the pod ${name}-i.` : didYouMean(name, firstPods)
    return { message: `There is no pod ${JSON.stringify(name)}.`, fix }
  }
  const replicas = names.replicas.get(pod.workload)
  if (replicas === undefined || pod.index < replicas) return undefined
  const have = replicas === 1 ? '1 replica' : `${replicas} replicas`
  return {
    message: `There is no pod ${JSON.stringify(name)}: the workload ${pod.workload} has ${have}.`,
    fix: replicas > 0 ? `Use ${pod.workload}-${replicas - 1}, or more replicas.` : 'Give it replicas.',
  }
}

/** A fault's link has to be there, not only its ends. */
function checkFaultyLinks(content: unknown, names: KnownNames, report: Report): void {
  const links = linkedPairs(content)
  const faults = valueAt(content, ['spec', 'faults'])
  if (!isList(faults)) return
  faults.forEach((fault, index) => {
    const ends = valueAt(fault, ['link'])
    if (!isList(ends) || ends.length !== 2 || links.has(pairKey(ends))) return
    const known = ends
      .filter((end) => typeof end === 'string')
      .filter((end) => names.switch.has(end) || names.node.has(end))
    if (known.length < ends.length) return
    report('unknown-reference', ['spec', 'faults', index, 'link'], `No link joins ${known.join(' and ')}.`)
  })
}

function linkedPairs(content: unknown): Set<string> {
  const links = valueAt(content, ['spec', 'fabric', 'links'])
  const nodes = valueAt(content, ['spec', 'nodes'])
  const fabric = (isList(links) ? links : []).map((link) => valueAt(link, ['ends']))
  const uplinks = (isList(nodes) ? nodes : []).filter(isMapping).flatMap((node) => {
    const list = node['uplinks']
    return (isList(list) ? list : []).map((uplink) => [node['name'], valueAt(uplink, ['switch'])])
  })
  return new Set([...fabric, ...uplinks].map(pairKey))
}

function pairKey(ends: unknown): string {
  return JSON.stringify(Array.isArray(ends) ? ends.toSorted() : ends)
}
