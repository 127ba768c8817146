import { isList, isMapping, valueAt, type PlainMapping } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import { MODELLED_FAULTS, MODELLED_OBJECTS, UNUSED_OBJECTS } from '../modelled'
import type { Labels } from '../name-schemas'
import type { Report } from '../problem'
import { runsAgent } from '../record/agents'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import type { Lab } from '../record/lab'
import { isManifestFile, type ManifestObject } from '../record/manifest'
import type { Variant } from '../record/variant'
import { usesIpsec } from '../settings/cilium-settings'
import type { Check } from './content'
import { matchesLabels, matchesSelector } from './selectors'

/** Manifests are inside the lab's folder, of kinds that are modelled, and select something. */
export const checkManifests: Check = ({ lab }, report) => {
  const pods = podLabels(lab)
  lab.cluster.manifests.forEach((manifest, index) => {
    const path = ['spec', 'cluster', 'manifests', index]
    if (isManifestFile(manifest)) {
      checkFile(manifest.file, [...path, 'file'], report)
      return
    }
    const { kind } = manifest
    const unused = Object.hasOwn(UNUSED_OBJECTS, kind) ? UNUSED_OBJECTS[kind] : undefined
    if (unused !== undefined) {
      report('unused-object', [...path, 'kind'], `${kind} ${manifest.metadata.name} is not used: ${unused}.`)
    } else if (!MODELLED_OBJECTS.includes(kind)) {
      const message = `${kind} ${manifest.metadata.name}: objects of this kind are not modelled yet.`
      report('not-modelled', [...path, 'kind'], message, 'Remove it.')
    }
    checkSelectors(lab, pods, manifest, path, report)
  })
}

/** Faults are of kinds that are modelled, and there is something that they end. */
export const checkFaults: Check = ({ lab, isWhole }, report) => {
  lab.faults.forEach((fault, index) => {
    const { kind } = fault
    if (!MODELLED_FAULTS.includes(kind)) {
      report('not-modelled', ['spec', 'faults', index, 'kind'], `The fault ${kind} is not modelled yet.`, 'Remove it.')
    } else if (kind === 'agent-kill' && isWhole(['spec', 'variants']) && !lab.variants.some((variant) => runsAgent(variant, fault.agent))) {
      const message = `No variant of the lab runs ${fault.agent}: its end changes nothing.`
      report('idle-fault', ['spec', 'faults', index, 'agent'], message, 'Name an agent that a variant runs.')
    } else if (kind === 'ebpf-enable' && isWhole(['spec', 'variants']) && !lab.variants.some(mayChangeToEbpf)) {
      report('idle-fault', ['spec', 'faults', index, 'kind'], 'No variant of the lab can change to eBPF: none is Calico on another data plane.')
    } else if (kind === 'ipsec-key' && isWhole(['spec', 'variants']) && !lab.variants.some(encryptsByIpsec)) {
      report('idle-fault', ['spec', 'faults', index, 'kind'], 'No variant of the lab encrypts by IPsec: no node has a key.')
    }
  })
}

function mayChangeToEbpf(variant: Variant): boolean {
  return variant.cni === 'calico' && !variant.settings.felixConfiguration.bpfEnabled
}

function encryptsByIpsec(variant: Variant): boolean {
  return variant.cni === 'cilium' && usesIpsec(variant.settings)
}

function checkFile(file: string, path: DocumentPath, report: Report): void {
  if (leavesFolder(file)) {
    const fix = "Copy the file into the lab's folder and name it by its path from there."
    report('manifest-outside-folder', path, `${JSON.stringify(file)} leads outside the lab's folder.`, fix)
  }
}

/** Whether a path, read as on any system, leads out of the folder that it starts in. */
function leavesFolder(file: string): boolean {
  if (/^[/\\~]|^[A-Za-z]:|^\w+:\/\/|\0/u.test(file)) return true
  let depth = 0
  for (const part of file.split(/[/\\]/u)) {
    if (part === '..') depth -= 1
    else if (part !== '.' && part !== '') depth += 1
    if (depth < 0) return true
  }
  return false
}

/** The selectors of Services and NetworkPolicies; those of other kinds come with their models. */
function checkSelectors(
  lab: Lab,
  pods: PodLabels,
  { kind, metadata, ...rest }: ManifestObject,
  path: DocumentPath,
  report: Report,
): void {
  const spec = rest['spec']
  if (!isMapping(spec)) return
  const namespace = metadata.namespace ?? DEFAULT_NAMESPACE
  if (kind === 'Service') checkService(pods, namespace, spec, [...path, 'spec', 'selector'], report)
  if (kind === 'NetworkPolicy') checkPolicy(lab, pods, namespace, spec, [...path, 'spec'], report)
}

function checkService(pods: PodLabels, namespace: string, spec: PlainMapping, path: DocumentPath, report: Report): void {
  const { selector } = spec
  // A service without a selector has endpoints that somebody else writes.
  if (!isMapping(selector) || Object.keys(selector).length === 0) return
  const found = pods.get(namespace)?.some((labels) => matchesLabels(selector, labels)) ?? false
  if (!found) report('selects-nothing', path, `The selector matches no pod in namespace ${namespace}.`)
}

function checkPolicy(lab: Lab, pods: PodLabels, namespace: string, spec: PlainMapping, path: DocumentPath, report: Report): void {
  const select = (selector: unknown, namespaces: string[], place: DocumentPath): void => {
    if (!isMapping(selector)) return
    const found = namespaces.some((name) => pods.get(name)?.some((labels) => matchesSelector(selector, labels)) ?? false)
    if (!found) report('selects-nothing', place, 'The selector matches no pod.')
  }
  select(spec['podSelector'], [namespace], [...path, 'podSelector'])
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listOf(spec[direction]).forEach((rule, index) => {
      listOf(valueAt(rule, [side])).forEach((peer, number) => {
        if (!isMapping(peer)) return
        const place = [...path, direction, index, side, number]
        const namespaces =
          peer['namespaceSelector'] === undefined ? [namespace] : selectNamespaces(lab, peer['namespaceSelector'])
        if (namespaces.length === 0)
          report('selects-nothing', [...place, 'namespaceSelector'], 'The selector matches no namespace.')
        else select(peer['podSelector'], namespaces, [...place, 'podSelector'])
      })
    })
  }
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : []
}

function selectNamespaces(lab: Lab, selector: unknown): string[] {
  if (!isMapping(selector)) return []
  return lab.cluster.namespaces
    .filter(({ name, labels }) => matchesSelector(selector, { 'kubernetes.io/metadata.name': name, ...labels }))
    .map(({ name }) => name)
}

/** By namespace: the labels of its pods, equal ones once. */
type PodLabels = ReadonlyMap<string, readonly Labels[]>

function podLabels(lab: Lab): PodLabels {
  const byNamespace = new Map<string, Map<string, Labels>>()
  for (const { namespace, replicas, labels } of lab.cluster.workloads) {
    if (replicas === 0) continue
    const known = byNamespace.get(namespace) ?? new Map<string, Labels>()
    byNamespace.set(namespace, known.set(JSON.stringify(labels), labels))
  }
  return new Map(Array.from(byNamespace, ([namespace, labels]) => [namespace, [...labels.values()]]))
}
